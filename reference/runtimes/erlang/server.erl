%% A process of the BEAM per connection, which blocks in gen_tcp:recv: the schedulers run the others meanwhile.
-module(server).
-export([main/1, runtime/0]).
-compile({no_auto_import, [date/0]}).

%% Words: the workload, the port, and the folder below which the files of /file/<k> lie; the URL of the back end or none, the
%% most connections to it, and the milliseconds that a call may take.
main([Workload, Port, Files]) -> main([Workload, Port, Files, "none", "8", "1000"]);
main([Workload, Port, Files, BackEnd, Pool, CallTimeout]) ->
    persistent_term:put(files, Files ++ "/file/"),
    back_end:start(BackEnd, Pool, CallTimeout),
    os:set_signal(sigterm, default),
    logger:set_primary_config(level, none),
    Talk = case Workload of
               "echo" -> fun echo/1;
               "http" -> fun(Socket) -> talk(Socket, <<>>, fun http/1) end;
               "counter" -> new_store(), fun(Socket) -> talk(Socket, <<>>, fun command/1) end
           end,
    {ok, Listener} = gen_tcp:listen(list_to_integer(Port),
                                    [binary, {ip, {127, 0, 0, 1}}, {active, false}, {nodelay, true},
                                     {reuseaddr, true}, {backlog, 4096}]),
    {ok, Listening} = inet:port(Listener),
    io:format("{\"ready\":true,\"port\":~b,\"runtime\":~s}~n", [Listening, runtime()]),
    accept(Listener, Talk).

%% What bakeoff is told of the runtime, as JSON.
runtime() ->
    io_lib:format("{\"name\":\"erlang\",\"version\":\"~s (erts ~s)\",~s\"threads\":~b,"
                  "\"collector\":\"per process, generations\",\"flags\":[\"~s\"]}",
                  [erlang:system_info(otp_release), erlang:system_info(version), cpus(),
                   erlang:system_info(schedulers_online), erlang:system_info(emu_flavor)]).

cpus() ->
    case erlang:system_info(logical_processors_available) of
        unknown -> "";
        N -> io_lib:format("\"cpus\":~b,", [N])
    end.

accept(Listener, Talk) ->
    case gen_tcp:accept(Listener) of
        {ok, Socket} ->
            Pid = spawn(fun() -> receive go -> Talk(Socket) end end),
            case gen_tcp:controlling_process(Socket, Pid) of
                ok -> Pid ! go;
                {error, _} -> exit(Pid, kill), gen_tcp:close(Socket)
            end;
        {error, _} ->
            timer:sleep(10)  % No descriptor is left, say.
    end,
    accept(Listener, Talk).

echo(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Bytes} ->
            send(Socket, Bytes),
            echo(Socket);
        {error, _} ->
            gen_tcp:close(Socket)
    end.

send(_, []) -> ok;
send(Socket, Bytes) ->
    case gen_tcp:send(Socket, Bytes) of
        ok -> ok;
        {error, _} -> exit(normal)  % The peer has gone.
    end.

%% Take returns more; {reply, Reply, Rest}; {file, Head, File, Keep, Rest}; {wait, Milliseconds, Reply, Rest};
%% {calls, Calls, WithBody, Keep, Rest}; or {close, Reply}.
talk(Socket, Pending, Take) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Bytes} when Pending =:= <<>> -> proceed(Socket, Bytes, Take, [], 0);
        {ok, Bytes} -> proceed(Socket, <<Pending/binary, Bytes/binary>>, Take, [], 0);
        {error, _} -> gen_tcp:close(Socket)
    end.

proceed(Socket, Pending, Take, Replies, Count) when Count > 100 ->
    send(Socket, Replies),
    proceed(Socket, Pending, Take, [], 0);
proceed(Socket, Pending, Take, Replies, Count) ->
    case Take(Pending) of
        more ->
            send(Socket, Replies),
            talk(Socket, Pending, Take);
        {close, Reply} ->
            send(Socket, [Replies, Reply]),
            gen_tcp:close(Socket);
        {file, Head, File, Keep, Rest} ->
            send(Socket, [Replies, Head]),
            Sent = file:sendfile(File, Socket, 0, 0, []),
            file:close(File),
            case Sent of
                {ok, _} when Keep =/= close -> proceed(Socket, Rest, Take, [], 0);
                _ -> gen_tcp:close(Socket)
            end;
        {calls, Calls, WithBody, Keep, Rest} ->
            send(Socket, Replies),
            {Status, Body} = back_end:answer(Calls),
            Reply = reply(Status, Body, WithBody, Keep),
            case Keep of
                close -> send(Socket, Reply), gen_tcp:close(Socket);
                _ -> proceed(Socket, Rest, Take, [Reply], 1)
            end;
        {wait, Milliseconds, Reply, Rest} ->
            send(Socket, Replies),
            timer:sleep(Milliseconds),
            case Reply of
                {close, Last} -> send(Socket, Last), gen_tcp:close(Socket);
                _ -> proceed(Socket, Rest, Take, [Reply], 1)
            end;
        {reply, Reply, Rest} ->
            proceed(Socket, Rest, Take, [Replies, Reply], Count + 1)
    end.

%% HTTP/1.1 on the connection itself: requests without a body. The emulator has a decoder for it.
http(<<>>) -> more;
http(Bytes) ->
    case erlang:decode_packet(http_bin, Bytes, [{line_length, 8192}]) of
        {more, _} -> more;
        {ok, {http_error, <<"\r\n">>}, Rest} -> http(Rest);
        {ok, {http_request, Method, Target, Version}, Rest} ->
            fields(Rest, Method, path(Target), Version, 0, default, byte_size(Bytes));
        _ -> bad_request()
    end.

bad_request() -> {close, reply(400, <<"Bad Request">>, true, close)}.

path({abs_path, Path}) -> hd(binary:split(Path, <<"?">>));
path({absoluteURI, _, _, _, Path}) -> hd(binary:split(Path, <<"?">>));
path(_) -> <<>>.

%% The emulator limits a line, and not the head.
fields(Bytes, _, _, _, _, _, Begin) when Begin - byte_size(Bytes) > 8192 -> bad_request();
fields(Bytes, Method, Path, Version, Hosts, Connection, Begin) ->
    case erlang:decode_packet(httph_bin, Bytes, [{line_length, 8192}]) of
        {more, _} when byte_size(Bytes) > 8192 -> bad_request();
        {more, _} -> more;
        {ok, {http_header, _, 'Host', _, _}, Rest} -> fields(Rest, Method, Path, Version, Hosts + 1, Connection, Begin);
        {ok, {http_header, _, 'Connection', _, Value}, Rest} ->
            fields(Rest, Method, Path, Version, Hosts, lower(Value), Begin);
        {ok, {http_header, _, 'Content-Length', _, <<"0">>}, Rest} ->
            fields(Rest, Method, Path, Version, Hosts, Connection, Begin);
        {ok, {http_header, _, Name, _, _}, _} when Name =:= 'Content-Length'; Name =:= 'Transfer-Encoding' ->
            bad_request();
        {ok, {http_header, _, _, _, _}, Rest} -> fields(Rest, Method, Path, Version, Hosts, Connection, Begin);
        {ok, http_eoh, Rest} when Version =:= {1, 1}, Hosts =:= 1; Version =:= {1, 0} ->
            Keep = case {Version, Connection} of
                       {{1, 1}, <<"close">>} -> close;
                       {{1, 1}, _} -> keep;
                       {_, <<"keep-alive">>} -> keep_old;
                       _ -> close
                   end,
            finish(answer(Method, Path), Method =/= 'HEAD', Keep, Rest);
        _ -> bad_request()
    end.

%% Bytes, whatever they are: the functions of string want UTF-8.
lower(Text) -> << <<(if C >= $A, C =< $Z -> C + 32; true -> C end)>> || <<C>> <= Text >>.
upper(Text) -> << <<(if C >= $a, C =< $z -> C - 32; true -> C end)>> || <<C>> <= Text >>.

finish({file, Name}, WithBody, Keep, Rest) ->
    %% The raw descriptor of sendfile(), without the process of a file of the BEAM.
    case file:open(persistent_term:get(files) ++ binary_to_list(Name), [read, raw, binary]) of
        {ok, File} ->
            {ok, Size} = file:position(File, eof),
            {ok, 0} = file:position(File, bof),
            Head = head(200, Size, Keep),
            case {WithBody, Keep} of
                {true, _} -> {file, Head, File, Keep, Rest};
                {false, close} -> file:close(File), {close, Head};
                {false, _} -> file:close(File), {reply, Head, Rest}
            end;
        {error, _} -> finish({404, <<"Not Found">>, 0}, WithBody, Keep, Rest)
    end;
finish({calls, Calls}, WithBody, Keep, Rest) -> {calls, Calls, WithBody, Keep, Rest};
finish({Status, Body, 0}, WithBody, close, _) -> {close, reply(Status, Body, WithBody, close)};
finish({Status, Body, 0}, WithBody, Keep, Rest) -> {reply, reply(Status, Body, WithBody, Keep), Rest};
finish({Status, Body, Wait}, WithBody, close, Rest) ->
    {wait, Wait, {close, reply(Status, Body, WithBody, close)}, Rest};
finish({Status, Body, Wait}, WithBody, Keep, Rest) -> {wait, Wait, reply(Status, Body, WithBody, Keep), Rest}.

%% Status, body, and the milliseconds to wait before them: the timers of the BEAM know no less.
answer(Method, Path) ->
    case target(Path) of
        {404, Body} -> {404, Body, 0};
        {400, Body} -> {400, Body, 0};
        _ when Method =/= 'GET', Method =/= 'HEAD' -> {405, <<"Method Not Allowed">>, 0};
        {wait, Us} -> {200, <<"waited ", (integer_to_binary(Us))/binary>>, (Us + 999) div 1000};
        {file, K} -> {file, integer_to_binary(K)};
        {calls, Calls} -> {calls, Calls};
        {work, N} -> {200, integer_to_binary(work(N, N, N)), 0};
        {200, Body} -> {200, Body, 0}
    end.

target(<<"/">>) -> {200, <<"Hello, World!">>};
target(<<"/id/", Text/binary>>) -> given(Text, 16#ffffffffffffffff, fun(K) -> {200, integer_to_binary(K)} end);
target(<<"/wait/", Text/binary>>) -> given(Text, 60000000, fun(Us) -> {wait, Us} end);
target(<<"/work/", Text/binary>>) -> given(Text, 1000000000, fun(N) -> {work, N} end);
target(<<"/file/", Text/binary>>) -> given(Text, 16#ffffffffffffffff, fun(K) -> {file, K} end);
target(Path) ->
    case back_end:exists() andalso binary:split(Path, <<"/">>, [global]) of
        [<<>>, <<"call">>, First] -> calls(<<"1">>, First, false);
        [<<>>, <<"calls">>, Count, First] -> calls(Count, First, false);
        [<<>>, <<"calls-at-once">>, Count, First] -> calls(Count, First, true);
        _ -> {404, <<"Not Found">>}
    end.

calls(Count, First, AtOnce) ->
    given(Count, 16, fun(0) -> {400, <<"Bad Request">>};
                        (N) -> given(First, 9999, fun(K) -> {calls, {N, K, AtOnce}} end)
                     end).

%% Digits without a sign or leading zeros.
given(Text, Most, Answer) ->
    case integer(Text) of
        Value when is_integer(Value), Value >= 0, Value =< Most -> Answer(Value);
        _ -> {400, <<"Bad Request">>}
    end.

%% The number whose text this is, exactly; otherwise the text.
integer(Text) when byte_size(Text) =< 20 ->
    try binary_to_integer(Text) of
        Value ->
            case integer_to_binary(Value) of
                Text -> Value;
                _ -> Text
            end
    catch
        error:badarg -> Text
    end;
integer(Text) -> Text.

%% 64 bits that wrap around: integers are of any size, so each product is cut.
work(0, _, Answer) -> Answer;
work(N, State0, Answer) ->
    State = (State0 + 16#9e3779b97f4a7c15) band 16#ffffffffffffffff,
    Z1 = ((State bxor (State bsr 30)) * 16#bf58476d1ce4e5b9) band 16#ffffffffffffffff,
    Z2 = ((Z1 bxor (Z1 bsr 27)) * 16#94d049bb133111eb) band 16#ffffffffffffffff,
    Z = Z2 bxor (Z2 bsr 31),
    work(N - 1, State, ((Answer bxor Z) * 16#9e3779b97f4a7c15) band 16#ffffffffffffffff).

reply(Status, Body, true, Keep) -> [head(Status, byte_size(Body), Keep), Body];
reply(Status, Body, false, Keep) -> head(Status, byte_size(Body), Keep).

head(Status, Size, Keep) ->
    [<<"HTTP/1.1 ">>, reason(Status), <<"\r\nDate: ">>, date(),
     <<"\r\nContent-Type: text/plain\r\nContent-Length: ">>, integer_to_binary(Size),
     case Keep of
         close -> <<"\r\nConnection: close\r\n\r\n">>;
         keep -> <<"\r\n\r\n">>;
         keep_old -> <<"\r\nConnection: keep-alive\r\n\r\n">>
     end].

reason(200) -> <<"200 OK">>;
reason(400) -> <<"400 Bad Request">>;
reason(404) -> <<"404 Not Found">>;
reason(405) -> <<"405 Method Not Allowed">>;
reason(502) -> <<"502 Bad Gateway">>;
reason(504) -> <<"504 Gateway Timeout">>.

%% Made once a second by each process.
date() ->
    Now = erlang:system_time(second),
    case get(date) of
        {Now, Text} -> Text;
        _ ->
            Text = date(calendar:system_time_to_universal_time(Now, second)),
            put(date, {Now, Text}),
            Text
    end.

date({{Year, Month, Day}, {Hour, Minute, Second}}) ->
    Names = {<<"Mon">>, <<"Tue">>, <<"Wed">>, <<"Thu">>, <<"Fri">>, <<"Sat">>, <<"Sun">>},
    Months = {<<"Jan">>, <<"Feb">>, <<"Mar">>, <<"Apr">>, <<"May">>, <<"Jun">>,
              <<"Jul">>, <<"Aug">>, <<"Sep">>, <<"Oct">>, <<"Nov">>, <<"Dec">>},
    iolist_to_binary([element(calendar:day_of_the_week(Year, Month, Day), Names), <<", ">>, two(Day), $\s,
                      element(Month, Months), $\s, integer_to_binary(Year), $\s,
                      two(Hour), $:, two(Minute), $:, two(Second), <<" GMT">>]).

two(N) -> [$0 + N div 10, $0 + N rem 10].

%% PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings. Numbers are kept as numbers, so that
%% update_counter increments them without a process in between.
new_store() ->
    ets:new(store, [named_table, public, {write_concurrency, true}, {read_concurrency, true}]).

command(<<>>) -> more;
command(Bytes) ->
    case length_of($*, Bytes, 1024) of
        {ok, Count, Rest} -> words(Count, Rest, [], byte_size(Bytes));
        Other -> Other
    end.

-define(MOST_MESSAGE, 4194304).

words(0, Rest, Words, _) -> {reply, run(lists:reverse(Words)), Rest};
words(_, _, _, Size) when Size > ?MOST_MESSAGE + 65536 -> invalid();
words(Count, Bytes, Words, Size) ->
    case length_of($$, Bytes, ?MOST_MESSAGE) of
        {ok, Length, Rest} ->
            case Rest of
                <<Word:Length/binary, "\r\n", Behind/binary>> -> words(Count - 1, Behind, [Word | Words], Size);
                _ when byte_size(Rest) < Length + 2 -> more;
                _ -> invalid()
            end;
        Other -> Other
    end.

length_of(Kind, <<Kind, Rest/binary>>, Most) -> digits(Rest, none, Most);
length_of(_, <<>>, _) -> more;
length_of(_, _, _) -> invalid().

digits(<<D, Rest/binary>>, none, Most) when D >= $0, D =< $9 -> digits(Rest, D - $0, Most);
digits(<<D, Rest/binary>>, N, Most) when D >= $0, D =< $9, N =< Most -> digits(Rest, N * 10 + D - $0, Most);
digits(<<"\r\n", Rest/binary>>, N, Most) when is_integer(N), N =< Most -> {ok, N, Rest};
digits(Rest, _, _) when Rest =:= <<>>; Rest =:= <<"\r">> -> more;
digits(_, _, _) -> invalid().

invalid() -> {close, <<"-ERR Protocol error: invalid length\r\n">>}.

run([]) -> [];
run([Name | Arguments]) ->
    case run(Name, Arguments) of
        unknown ->
            case run(upper(Name), Arguments) of
                unknown -> <<"-ERR unknown command or wrong number of arguments\r\n">>;
                Reply -> Reply
            end;
        Reply -> Reply
    end.

%% What is kept is copied: a part of what was received would keep the whole of it.
run(<<"PING">>, []) -> <<"+PONG\r\n">>;
run(<<"PING">>, [Message]) -> bulk(Message);
run(<<"SET">>, [Key, Value]) ->
    Stored = case integer(Value) of
                 N when is_integer(N), N >= -16#8000000000000000, N =< 16#7fffffffffffffff -> N;
                 _ -> binary:copy(Value)
             end,
    ets:insert(store, {binary:copy(Key), Stored}),
    <<"+OK\r\n">>;
run(<<"GET">>, [Key]) ->
    case ets:lookup(store, Key) of
        [] -> <<"$-1\r\n">>;
        [{_, Value}] when is_integer(Value) -> bulk(integer_to_binary(Value));
        [{_, Value}] -> bulk(Value)
    end;
run(<<"INCR">>, [Key]) ->
    Most = 16#7fffffffffffffff,
    try ets:update_counter(store, Key, [{2, 0}, {2, 1, Most, Most}], {binary:copy(Key), 0}) of
        [Most, Most] -> <<"-ERR increment or decrement would overflow\r\n">>;
        [_, Value] -> [$:, integer_to_binary(Value), <<"\r\n">>]
    catch
        error:badarg -> <<"-ERR value is not an integer or out of range\r\n">>
    end;
run(<<"FLUSHALL">>, []) ->
    ets:delete_all_objects(store),
    <<"+OK\r\n">>;
run(_, _) -> unknown.

bulk(Text) -> [$$, integer_to_binary(byte_size(Text)), <<"\r\n">>, Text, <<"\r\n">>].
