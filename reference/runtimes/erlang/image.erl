%% The job image, on lists: a row is a list of pixels, a picture a list of rows. Nothing can be changed, so each step makes
%% a new list, and there is no buffer to use again.
-module(image).
-export([sum/1]).

-define(SIDE, 256).

%% The sum of one picture.
sum(Index) ->
    Rows = [slide_along(wide(brighter(Row))) || <<Row:?SIDE/binary>> <= stream:block(1, Index)],
    checksum(halve(slide_down(wide(Rows))), 16#cbf29ce484222325 bxor stream:draw(Index, 0)).

brighter(Row) -> [min(Pixel + 32, 255) || <<Pixel>> <= Row].

%% Beyond its ends, a list goes on as it ends.
wide([First | _] = List) ->
    Last = lists:last(List),
    [First, First | List ++ [Last, Last]].

%% Sums of five along a row: one pixel comes in, one goes out.
slide_along([A, B, C, D, E | Coming] = Row) ->
    slide_along(A + B + C + D + E, Row, Coming).

slide_along(Sum, [Out | Going], [In | Coming]) -> [Sum | slide_along(Sum + In - Out, Going, Coming)];
slide_along(Sum, _, []) -> [Sum].

%% Sums of five rows, in all columns at once: one row comes in, one goes out.
slide_down([A, B, C, D, E | Coming] = Rows) ->
    slide_down(add(A, add(B, add(C, add(D, E)))), Rows, Coming).

slide_down(Sums, [Out | Going], [In | Coming]) -> [means(Sums) | slide_down(replace(Sums, Out, In), Going, Coming)];
slide_down(Sums, _, []) -> [means(Sums)].

means(Sums) -> [Sum div 25 || Sum <- Sums].

add([A | As], [B | Bs]) -> [A + B | add(As, Bs)];
add([], []) -> [].

replace([Sum | Sums], [Out | Outs], [In | Ins]) -> [Sum + In - Out | replace(Sums, Outs, Ins)];
replace([], [], []) -> [].

halve([Upper, Lower | Rows]) -> [halve(Upper, Lower) | halve(Rows)];
halve([]) -> [].

halve([A, B | Upper], [C, D | Lower]) -> [(A + B + C + D) div 4 | halve(Upper, Lower)];
halve([], []) -> [].

%% FNV-1a of 64 bits.
checksum(Rows, Basis) ->
    lists:foldl(fun(Row, Sum) -> lists:foldl(fun fnv/2, Sum, Row) end, Basis, Rows).

fnv(Pixel, Sum) -> ((Sum bxor Pixel) * 16#100000001b3) band 16#ffffffffffffffff.
