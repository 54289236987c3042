-- Coroutines that yield once or twice, end, and are forgotten.
local create, resume, wrap, yield = coroutine.create, coroutine.resume, coroutine.wrap, coroutine.yield
local sum = 0
for i = 1, 1000000 do
    local co = create(function(x)
        return yield(x + 1) + x
    end)
    local _, first = resume(co, i)
    local _, second = resume(co, first)
    local once = wrap(function(x) yield(x) end)
    sum = sum + second + once(i)
end
print(sum, coroutine.status(create(print)))
