%% The client of the back end. Each connection is a process, which has one call at a time and is given it by the process of the
%% pool. What fails ends the connection's process, and the pool hears of it.
-module(back_end).
-export([start/3, exists/0, answer/1]).

-define(ITEMS, 10000).
-define(MOST_ANSWER, 65536).

%% Words: the URL, or none; the most connections; the milliseconds that a call may take.
start("none", _, _) -> ok;
start(Url, Most, Timeout) ->
    #{scheme := Scheme, host := Host, port := Port} = uri_string:parse(Url),
    {ok, Address} = inet:parse_address(Host),
    persistent_term:put(call_timeout, list_to_integer(Timeout)),
    To = {list_to_atom(Scheme), Address, Port},
    register(back_end, spawn_link(fun() -> pool(To, [], list_to_integer(Most), queue:new(), #{}) end)),
    ok.

exists() -> whereis(back_end) =/= undefined.

%% The status and the body for so many items, from the first on, one after the other or at once.
answer({Count, First, AtOnce}) ->
    Items = [(First + I) rem ?ITEMS || I <- lists:seq(0, Count - 1)],
    Answers = case AtOnce of
                  true -> at_once(Items);
                  false -> in_turn(Items)
              end,
    case [Answer || Answer <- Answers, is_atom(Answer)] of
        [] -> {200, iolist_to_binary(lists:join($\s, Answers))};
        [late | _] -> {504, <<"Gateway Timeout">>};
        [failed | _] -> {502, <<"Bad Gateway">>}
    end.

at_once(Items) ->
    Due = erlang:monotonic_time(millisecond) + persistent_term:get(call_timeout),
    [await(Call, Due) || Call <- [ask(Item) || Item <- Items]].

in_turn([]) -> [];
in_turn([Item | Items]) ->
    case at_once([Item]) of
        [Answer] when is_binary(Answer) -> [Answer | in_turn(Items)];
        Failed -> Failed
    end.

%% The alias ends with the first answer or with the wait for it: what comes later is dropped.
ask(Item) ->
    Call = monitor(process, back_end, [{alias, reply_demonitor}]),
    back_end ! {call, Call, Item},
    Call.

await(Call, Due) ->
    receive
        {Call, Answer} -> Answer;
        {'DOWN', Call, process, _, _} -> failed
    after max(0, Due - erlang:monotonic_time(millisecond)) ->
        demonitor(Call, [flush]),
        back_end ! {late, Call},
        receive {Call, Answer} -> Answer after 0 -> late end
    end.

%% Free: the connections that have no call, the one that was free last first. Room: how many more there may be. Waiting: the
%% calls that wait for one, in the order in which they came. Running: the call of each of the other connections.
pool(To, Free, Room, Waiting, Running) ->
    receive
        {call, Call, Item} ->
            give(To, Free, Room, queue:in({Call, Item}, Waiting), Running);
        {free, Connection} when is_map_key(Connection, Running) ->
            give(To, [Connection | Free], Room, Waiting, maps:remove(Connection, Running));
        {free, _} ->  % It was late, and is ending.
            pool(To, Free, Room, Waiting, Running);
        {late, Call} ->
            Late = [Connection || {Connection, Its} <- maps:to_list(Running), Its =:= Call],
            [exit(Connection, kill) || Connection <- Late],
            pool(To, Free, Room, queue:filter(fun({Its, _}) -> Its =/= Call end, Waiting), maps:without(Late, Running));
        {'DOWN', _, process, Connection, _} ->
            [Call ! {Call, failed} || #{Connection := Call} <- [Running]],
            give(To, Free, Room + 1, Waiting, maps:remove(Connection, Running))
    end.

give(To, Free, Room, Waiting, Running) ->
    case {queue:out(Waiting), Free, Room} of
        {{{value, {Call, Item}}, Rest}, [Connection | Others], _} ->
            Connection ! {call, Call, Item},
            pool(To, Others, Room, Rest, Running#{Connection => Call});
        {{{value, _}, _}, [], Room} when Room > 0 ->
            Pool = self(),
            {Connection, _} = spawn_monitor(fun() -> connection(Pool, To) end),
            give(To, [Connection], Room - 1, Waiting, Running);
        _ ->
            pool(To, Free, Room, Waiting, Running)
    end.

connection(Pool, {Scheme, Address, Port}) ->
    {ok, Socket} = gen_tcp:connect(Address, Port, [binary, {active, false}, {nodelay, true}]),
    Open = case opening(Scheme) of
               none -> <<>>;
               Opening ->
                   ok = gen_tcp:send(Socket, Opening),
                   {_, Behind, stays} = read(Socket, <<>>, fun(Bytes) -> rows(Bytes, <<>>, "KNRS") end),
                   Behind
           end,
    Host = io_lib:format("~s:~b", [inet:ntoa(Address), Port]),
    calls(Pool, Socket, Open, Scheme, Host, parse(Scheme)).

%% First is what the first call on a connection begins with.
calls(Pool, Socket, Pending, Scheme, Host, First) ->
    receive
        {call, Call, Item} ->
            ok = gen_tcp:send(Socket, [First, question(Scheme, Host, integer_to_binary(Item))]),
            {Answer, Behind, Keep} = read(Socket, Pending, fun(Bytes) -> take(Scheme, Bytes) end),
            Call ! {Call, Answer},
            case Keep of
                stays ->
                    Pool ! {free, self()},
                    calls(Pool, Socket, Behind, Scheme, Host, []);
                ends -> ok
            end
    end.

%% Take returns more; or the answer, what is behind it, and whether the connection stays. Everything else ends the process.
read(Socket, Pending, Take) ->
    case Take(Pending) of
        more when byte_size(Pending) =< 2 * ?MOST_ANSWER ->
            {ok, Bytes} = gen_tcp:recv(Socket, 0),
            read(Socket, <<Pending/binary, Bytes/binary>>, Take);
        Taken when is_tuple(Taken) -> Taken
    end.

%% PostgreSQL's protocol 3.0 by the extended query: https://www.postgresql.org/docs/current/protocol.html
opening(postgres) ->
    Parameters = <<"user\0bakeoff\0database\0bakeoff\0\0">>,
    <<(8 + byte_size(Parameters)):32, 3:16, 0:16, Parameters/binary>>;
opening(_) -> none.

parse(postgres) -> message($P, <<"item\0SELECT value FROM items WHERE id = $1\0\0\0">>);
parse(_) -> [].

message(Kind, Content) -> <<Kind, (4 + byte_size(Content)):32, Content/binary>>.

question(http, Host, Item) -> [<<"GET /id/">>, Item, <<" HTTP/1.1\r\nHost: ">>, Host, <<"\r\n\r\n">>];
question(redis, _, Item) ->
    [<<"*2\r\n$3\r\nGET\r\n$">>, integer_to_binary(5 + byte_size(Item)), <<"\r\nitem:">>, Item, <<"\r\n">>];
question(postgres, _, Item) ->
    [message($B, <<0, "item\0", 0:16, 1:16, (byte_size(Item)):32, Item/binary, 0:16>>), message($E, <<0, 0:32>>), message($S, <<>>)].

take(http, Bytes) ->
    case erlang:decode_packet(http_bin, Bytes, []) of
        {more, _} -> more;
        {ok, {http_response, {1, 1}, 200, _}, Rest} -> fields(Rest, none, stays)
    end;
take(redis, <<"$", Bytes/binary>>) ->
    case binary:split(Bytes, <<"\r\n">>) of
        [_] -> more;
        [Digits, Rest] -> value(Rest, size_of(Digits), <<"\r\n">>, stays)
    end;
take(redis, <<>>) -> more;
take(postgres, Bytes) -> rows(Bytes, none, "12CNS").

fields(Bytes, Size, Keep) ->
    case erlang:decode_packet(httph_bin, Bytes, []) of
        {more, _} -> more;
        {ok, {http_header, _, 'Content-Length', _, Digits}, Rest} -> fields(Rest, size_of(Digits), Keep);
        {ok, {http_header, _, 'Connection', _, Value}, Rest} ->
            fields(Rest, Size, case string:lowercase(Value) of <<"close">> -> ends; _ -> stays end);
        {ok, {http_header, _, _, _, _}, Rest} -> fields(Rest, Size, Keep);
        {ok, http_eoh, Rest} when is_integer(Size) -> value(Rest, Size, <<>>, Keep)
    end.

size_of(Digits) ->
    Size = binary_to_integer(Digits),
    true = Size >= 0 andalso Size =< ?MOST_ANSWER,
    Size.

value(Bytes, Size, End, Keep) ->
    Ends = byte_size(End),
    case Bytes of
        <<Value:Size/binary, End:Ends/binary, Behind/binary>> -> {Value, Behind, Keep};
        _ when byte_size(Bytes) < Size + Ends -> more
    end.

%% Messages of PostgreSQL up to ReadyForQuery: one row, whose value is none before it comes, and those that are expected too.
rows(<<Kind, Size:32, Rest/binary>>, Value, Expected) when Size >= 4, Size =< ?MOST_ANSWER ->
    Length = Size - 4,
    case Rest of
        <<Content:Length/binary, Behind/binary>> ->
            case {Kind, Content} of
                {$Z, _} when is_binary(Value) -> {Value, Behind, stays};
                %% One column. Where it is null its length is -1, which is no length here.
                {$D, <<1:16, Column:32, Text:Column/binary>>} when Value =:= none -> rows(Behind, Text, Expected);
                {$R, <<Asks:32, _/binary>>} when Asks =/= 0 -> exit(password);
                _ -> true = lists:member(Kind, Expected), rows(Behind, Value, Expected)
            end;
        _ -> more
    end;
rows(Bytes, _, _) when byte_size(Bytes) < 5 -> more.
