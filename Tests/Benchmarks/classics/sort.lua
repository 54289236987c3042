-- table.sort, with and without a function that compares.
local function numbers(seed)
    local list = {}
    for i = 1, 100000 do
        seed = (seed * 16807) % 2147483647
        list[i] = seed
    end
    return list
end

local check = 0
for round = 1, 6 do
    local rising, falling, words = numbers(round), numbers(round + 100), {}
    table.sort(rising)
    table.sort(falling, function(a, b) return a > b end)
    for i = 1, 20000 do
        words[i] = tostring(rising[i] % 99991)
    end
    table.sort(words)
    check = check + rising[1] + falling[1] + #words[1]
end
print(check)
