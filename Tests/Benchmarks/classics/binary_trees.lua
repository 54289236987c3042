-- Many small tables that live briefly, beside some that live long.
local function tree(depth)
    if depth == 0 then return {} end
    return { tree(depth - 1), tree(depth - 1) }
end

local function count(node)
    if not node[1] then return 1 end
    return 1 + count(node[1]) + count(node[2])
end

local deepest = 15
local kept = tree(deepest)
for depth = 4, deepest, 3 do
    local total, trees = 0, 1 << (deepest - depth + 4)
    for _ = 1, trees do
        total = total + count(tree(depth))
    end
    print(trees, depth, total)
end
print(count(kept))
