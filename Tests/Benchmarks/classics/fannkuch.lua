-- Permutations of a small array: reading and writing its elements.
local function flips(list, flipped)
    for i = 1, #list do
        flipped[i] = list[i]
    end
    local times, head = 0, flipped[1]
    while head ~= 1 do
        local low, high = 1, head
        while low < high do
            flipped[low], flipped[high] = flipped[high], flipped[low]
            low, high = low + 1, high - 1
        end
        times, head = times + 1, flipped[1]
    end
    return times
end

local function fannkuch(n)
    local list, count, flipped = {}, {}, {}
    for i = 1, n do
        list[i], count[i] = i, i
    end
    local sum, most, sign, rest = 0, 0, 1, 2
    while rest <= n do
        local times = flips(list, flipped)
        most = math.max(most, times)
        sum, sign = sum + sign * times, -sign
        -- The next one: rotates longer and longer beginnings.
        rest = 2
        while rest <= n do
            table.insert(list, rest, table.remove(list, 1))
            count[rest] = count[rest] - 1
            if count[rest] > 0 then break end
            count[rest] = rest
            rest = rest + 1
        end
    end
    return sum, most
end

for _ = 1, 2 do
    print(fannkuch(9))
end
