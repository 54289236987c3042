-- Values that pass through a chain of generators, by wrap and by resume.
local function numbers(limit)
    return coroutine.wrap(function()
        for i = 1, limit do
            coroutine.yield(i)
        end
    end)
end

local function filter(source, divisor)
    return coroutine.wrap(function()
        for i in source do
            if i % divisor ~= 0 then coroutine.yield(i) end
        end
    end)
end

local sum = 0
for i in filter(filter(numbers(1500000), 7), 5) do
    sum = sum + i
end

local adder = coroutine.create(function(a, b)
    while true do
        a, b = coroutine.yield(a + b)
    end
end)
for i = 1, 1600000 do
    local _, result = coroutine.resume(adder, i, sum)
    sum = result % 1000003
end
print(sum)
