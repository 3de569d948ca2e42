%% The pseudo-random numbers of the jobs: 64 bits that wrap around. Integers are of any size, so each result is cut. From 60
%% bits on they are bignums on the heap of the process: that is most of the price.
-module(stream).
-export([block/2, draw/2, mix/1]).

-define(MASK, 16#ffffffffffffffff).

%% 64 KiB.
block(Seed, Index) ->
    Stream = draw(draw(Seed, 0), Index),
    << <<(draw(Stream, At)):64/little>> || At <- lists:seq(0, 65528, 8) >>.

draw(Stream, Index) ->
    mix((Stream + (Index + 1) * 16#9e3779b97f4a7c15) band ?MASK).

mix(Z0) ->
    Z1 = ((Z0 bxor (Z0 bsr 30)) * 16#bf58476d1ce4e5b9) band ?MASK,
    Z2 = ((Z1 bxor (Z1 bsr 27)) * 16#94d049bb133111eb) band ?MASK,
    Z2 bxor (Z2 bsr 31).
