#!/usr/bin/env vmoon
local a, b <const>, c <close> = 1, 0x1p4, nil
goto done
do local function f(...) return select('#', ...) // 2 ~= 3, ... end end
while not a and b or c do if a <= b then break elseif a >> 1 == 2 then a = ~a else a = -a ^ 2 end end
repeat local t = { [1] = 2, x = "y", 3; [[long]], [==[ ]] ]==], 'q\'\z
   \x41\u{1F600}\065\n' } until #t > 0
for i = 1, 10, 2 do t.x[i](i){}"s" end
for k, v in pairs(_ENV) do _G[k] = v % 2 .. "x" end
::done::
--[==[ a comment ]] over
two lines ]==]
return function(self) return self:method "x" end, ...
