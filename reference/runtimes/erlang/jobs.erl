%% The job count, a process of the BEAM per unit. erlang-base has no sha256.
-module(jobs).
-export([main/1]).

%% Words: the job, the units, the size.
main(["count", Units, Size]) ->
    Main = self(),
    Begin = erlang:monotonic_time(nanosecond),
    Pids = [spawn(fun() -> Main ! {self(), count(0, list_to_integer(Size))} end)
            || _ <- lists:seq(1, list_to_integer(Units))],
    Answer = lists:sum([receive {Pid, Count} -> Count end || Pid <- Pids]),
    Elapsed = erlang:monotonic_time(nanosecond) - Begin,
    io:format("{\"answer\":~b,\"elapsed_ns\":~b,\"units_created\":~s,\"runtime\":~s}~n",
              [Answer, Elapsed, Units, server:runtime()]),
    halt(0).

count(N, Size) when N < Size -> count(N + 1, Size);
count(N, _) -> N.
