%% The efficiency guide of Erlang says: a process that has just been made takes 327 words (OTP 27), and shows how to see it:
%% process_info(spawn(Fun), memory) divided by the size of a word. This program does that. Then it makes 10,000 processes that
%% wait for a message, and divides by their number how much the memory of all processes (erlang:memory/1) has grown.
-module(words).
-export([main/0]).

-define(PROCESSES, 10000).

main() ->
    os:set_signal(sigterm, default),
    Wait = fun() -> receive stop -> ok end end,
    Word = erlang:system_info(wordsize),
    Pid = spawn(Wait),
    {memory, Bytes} = process_info(Pid, memory),
    Pid ! stop,
    Each = each(Wait),
    io:format("{\"figures\": {\"process_words\": ~b, \"process_bytes\": ~b, \"bytes_of_each_of_10000\": ~.1f}, "
              "\"evidence\": [\"OTP ~s with words of ~b bytes: process_info says ~b words. Of ~b processes that wait, each "
              "takes ~.1f bytes of the memory of processes.\"], \"units_created\": ~b}~n",
              [Bytes div Word, Bytes, Each, erlang:system_info(otp_release), Word, Bytes div Word, ?PROCESSES, Each,
               ?PROCESSES + 1]),
    halt(0).

each(Wait) ->
    Before = erlang:memory(processes),
    Pids = [spawn(Wait) || _ <- lists:seq(1, ?PROCESSES)],
    %% The list of them is on the heap of this process.
    {memory, Own} = process_info(self(), memory),
    After = erlang:memory(processes),
    [Pid ! stop || Pid <- Pids],
    (After - Before - Own) / ?PROCESSES.
