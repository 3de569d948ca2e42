%% The jobs, a process of the BEAM per unit.
-module(jobs).
-export([main/1]).

-define(MASK, 16#ffffffffffffffff).

%% Words: the job, the units, the size, the discipline and the start of shared-count.
main([Job, Units, Size, Discipline, Start]) ->
    os:set_signal(sigterm, default),
    logger:set_primary_config(level, none),
    %% Code is loaded when it is first called, which would be while the clock runs.
    ok = code:ensure_modules_loaded([image, stream, timer]),
    %% A message of each unit may wait here. On the heap, each collection would copy them.
    process_flag(message_queue_data, off_heap),
    try run(Job, number("units", Units), number("size", Size), {Discipline, Start}) of
        #{answer := Answer, elapsed_ns := Elapsed, units_created := Created} = Result ->
            Work = [io_lib:format("\"work_ns\":~b,\"peak_live_units\":~b,", [Ns, Alive])
                    || #{work_ns := Ns, alive := Alive} <- [Result]],
            io:format("{\"answer\":~b,\"elapsed_ns\":~b,~s\"units_created\":~b,\"runtime\":~s}~n",
                      [Answer, Elapsed, Work, Created, server:runtime()]),
            halt(0)
    catch
        throw:{refused, Line} -> stop(Line, 2);
        exit:no_further_process -> stop(["found no further process, expected ", Units, " units"], 2);
        _:Reason -> stop(io_lib:format("the job failed: ~0p", [Reason]), 1)
    end.

stop(Line, Status) ->
    io:format(standard_error, "~ts~n", [Line]),
    halt(Status).

refuse(Found, Expected) ->
    throw({refused, ["found ", Found, ", expected ", Expected]}).

number(Name, Word) ->
    case string:to_integer(Word) of
        {Number, ""} when Number >= 1 -> Number;
        _ -> refuse([Name, " ", Word], "a number from 1 on")
    end.

run("count", Units, Size, _) ->
    apart(Units, fun(_) -> count(0, Size) end);
run("sha256", Units, Size, _) ->
    is_there(crypto) orelse throw({refused, "sha256 needs the package erlang-crypto"}),
    apart(Units, fun(Index) -> sum(fun sha256/1, lists:seq(Index, Size * 16 - 1, Units)) end);
run("image", Units, Size, _) ->
    apart(Units, fun(Index) -> sum(fun image:sum/1, lists:seq(Index, Size - 1, Units)) end);
run("shared-count", Units, Size, {Discipline, "together"}) ->
    shared_count(Discipline, Units, Size, fun together/2);
run("shared-count", Units, Size, {Discipline, "as-written"}) ->
    shared_count(Discipline, Units, Size, fun as_written/2);
run("shared-count", _, _, {_, Start}) ->
    refuse(["the start ", Start], "together or as-written");
run("spawn", Units, Size, _) ->
    Result = apart(Units, fun(_) -> spawn_in_turn(Size, 0) end),
    Result#{units_created := Units + Units * Size};
run("sleepers", Units, Size, _) ->
    together(Units, fun(_, _, _) -> sleep(Size) end);
run("skynet", Units, Size, _) ->
    is_power_of_ten(Size) orelse refuse(["size ", integer_to_list(Size)], "a power of ten for skynet"),
    Result = apart(Units, fun(0) -> skynet(0, Size);
                             (_) -> skynet(0, Size), 0
                          end),
    Result#{units_created := Units * ((10 * Size - 1) div 9)};
run("ping-pong", 2, Size, _) ->
    together(2, fun(0, _, Second) -> ping(Second, 0, Size);
                   (1, First, _) -> pong(First, Size)
                end);
run("ping-pong", Units, _, _) ->
    refuse(["units ", integer_to_list(Units)], "2 for ping-pong");
run(Job, _, _, _) ->
    refuse(["the job ", Job], "count, sha256, image, shared-count, spawn, sleepers, skynet or ping-pong").

%% Each unit begins when it has been made. Share is given its index.
apart(Units, Share) ->
    Begin = erlang:monotonic_time(nanosecond),
    [start(fun() -> Share(Index) end) || Index <- lists:seq(0, Units - 1)],
    Answer = answers(Units, 0),
    End = erlang:monotonic_time(nanosecond),
    #{answer => Answer, elapsed_ns => End - Begin, units_created => Units}.

%% All units begin together. Share is given the index of a unit, and the first and the last unit.
together(Units, Share) ->
    Before = erlang:system_info(process_count),
    Begin = erlang:monotonic_time(nanosecond),
    Pids = [start(fun() -> receive {go, First, Last} -> Share(Index, First, Last) end end)
            || Index <- lists:seq(0, Units - 1)],
    Go = {go, hd(Pids), lists:last(Pids)},
    Alive = erlang:system_info(process_count) - Before,
    Together = erlang:monotonic_time(nanosecond),
    lists:foreach(fun(Pid) -> Pid ! Go end, Pids),
    Answer = answers(Units, 0),
    End = erlang:monotonic_time(nanosecond),
    #{answer => Answer, elapsed_ns => End - Begin, work_ns => End - Together, alive => Alive,
      units_created => Units}.

%% Each unit begins when it has been made. The first one's process is known to the others; the last one's is not.
as_written(Units, Share) ->
    Begin = erlang:monotonic_time(nanosecond),
    First = start(fun() -> Share(0, self(), none) end),
    [start(fun() -> Share(Index, First, none) end) || Index <- lists:seq(1, Units - 1)],
    Answer = answers(Units, 0),
    End = erlang:monotonic_time(nanosecond),
    #{answer => Answer, elapsed_ns => End - Begin, units_created => Units}.

%% A unit answers with the reason of its exit: one message says that it has ended, and how. Links would not do, because the
%% process that -run starts traps exits.
start(Share) ->
    try spawn_monitor(fun() -> exit({answer, Share()}) end) of
        {Pid, _} -> Pid
    catch
        error:system_limit -> exit(no_further_process)
    end.

%% The sum of the answers of so many units. Where one of them has failed, the unit that waits fails too.
answers(0, Sum) -> Sum;
answers(Units, Sum) ->
    receive
        {'DOWN', _, process, _, {answer, Answer}} -> answers(Units - 1, (Sum + Answer) band ?MASK);
        {'DOWN', _, process, _, Reason} -> exit(Reason)
    end.

sum(Fun, Indices) ->
    lists:foldl(fun(Index, Sum) -> (Sum + Fun(Index)) band ?MASK end, 0, Indices).

count(N, Size) when N < Size -> count(N + 1, Size);
count(N, _) -> N.

is_there(Module) ->
    code:ensure_loaded(Module) =:= {module, Module}.

sha256(Index) ->
    Digest = crypto:hash(sha256, stream:block(4, Index)),
    Words = [Word || <<Word:64>> <= Digest],
    lists:foldl(fun(Word, Sum) -> stream:mix(Sum bxor Word) end, stream:draw(Index, 0), Words).

shared_count("plain", Units, Size, Begin) ->
    share_counter(Units, atomics, Begin, fun(Counter) -> plain(Counter, Size) end);
shared_count("atomic", Units, Size, Begin) ->
    share_counter(Units, atomics, Begin, fun(Counter) -> add(Counter, Size) end);
shared_count("sharded", Units, Size, Begin) ->
    share_counter(Units, write_concurrency, Begin, fun(Counter) -> add(Counter, Size) end);
shared_count("local", Units, Size, Begin) ->
    share_counter(Units, atomics, Begin, fun(Counter) -> counters:add(Counter, 1, count(0, Size)) end);
shared_count("channel", Units, Size, Begin) when Units >= 2 ->
    Begin(Units, fun(0, _, _) -> own(0, (Units - 1) * Size);
                    (_, Owner, _) -> send(Owner, Size)
                 end);
shared_count("channel", _, _, _) ->
    refuse("units 1", "2 at least for channel");
shared_count("across-await", Units, Size, Begin) ->
    Owner = spawn_link(fun() -> keep(0) end),
    Result = Begin(Units, fun(_, _, _) -> across_await(Owner, Size), 0 end),
    Result#{answer := value(Owner)};
shared_count(Discipline, _, _, _) ->
    refuse(["the discipline ", Discipline], "plain, atomic, sharded, channel, local or across-await").

%% Kind: atomics is one number, write_concurrency one for each scheduler; what is read is their sum.
share_counter(Units, Kind, Begin, Add) ->
    Counter = counters:new(1, [Kind]),
    Result = Begin(Units, fun(_, _, _) -> Add(Counter), 0 end),
    Result#{answer := counters:get(Counter, 1)}.

%% An actor is safe within one message. Who asks it for its value and then tells it a new one races across two of them.
keep(Value) ->
    receive
        {value, Pid} -> Pid ! {value, Value}, keep(Value);
        {is, New} -> keep(New)
    end.

value(Owner) ->
    Owner ! {value, self()},
    receive {value, Value} -> Value end.

across_await(_, 0) -> ok;
across_await(Owner, Left) ->
    Owner ! {is, value(Owner) + 1},
    across_await(Owner, Left - 1).

%% The get is atomic, and so is the put. What others do between them is lost.
plain(_, 0) -> ok;
plain(Counter, Left) ->
    counters:put(Counter, 1, counters:get(Counter, 1) + 1),
    plain(Counter, Left - 1).

add(_, 0) -> ok;
add(Counter, Left) ->
    counters:add(Counter, 1, 1),
    add(Counter, Left - 1).

%% The process that owns the counter, until so many additions have come.
own(Count, 0) -> Count;
own(Count, Left) ->
    receive
        {taken, Sender} -> Sender ! taken, own(Count, Left);
        Number -> own(Count + Number, Left - 1)
    end.

%% A mailbox has no bound, and one who sends is faster than one who receives: millions of additions would lie in memory. So
%% a sender asks after every 512 whether they have been taken, and does not go on before the 512 before them were: 1024 at
%% most are on their way, which would be the room of a channel. The first question finds nothing before it.
send(Owner, Size) ->
    self() ! taken,
    send(Owner, 512, Size).

send(_, _, 0) -> 0;
send(Owner, 0, Left) ->
    receive taken -> ok end,
    Owner ! {taken, self()},
    send(Owner, 512, Left);
send(Owner, Room, Left) ->
    Owner ! 1,
    send(Owner, Room - 1, Left - 1).

sleep(Ms) ->
    Begin = erlang:monotonic_time(nanosecond),
    timer:sleep(Ms),
    case erlang:monotonic_time(nanosecond) - Begin >= Ms * 1000000 of
        true -> 1;
        false -> 0
    end.

spawn_in_turn(0, Sum) -> Sum;
spawn_in_turn(Left, Sum) ->
    start(fun() -> 1 end),
    spawn_in_turn(Left - 1, answers(1, Sum)).

skynet(Number, 1) -> Number;
skynet(Number, Leaves) ->
    Tenth = Leaves div 10,
    [start(fun() -> skynet(Number + Index * Tenth, Tenth) end) || Index <- lists:seq(0, 9)],
    answers(10, 0).

is_power_of_ten(1) -> true;
is_power_of_ten(Size) -> Size > 0 andalso Size rem 10 =:= 0 andalso is_power_of_ten(Size div 10).

ping(_, Size, Size) -> Size;
ping(Second, Number, Size) ->
    Second ! Number,
    receive Next -> ping(Second, Next, Size) end.

pong(_, 0) -> 0;
pong(First, Left) ->
    receive Number -> First ! Number + 1 end,
    pong(First, Left - 1).
