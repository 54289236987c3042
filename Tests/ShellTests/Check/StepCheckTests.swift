import Testing

@testable import Shell

/// The findings of the checker in scripts with steps.
@Suite struct StepCheckTests {
    static let outside = "is called outside of step: a run that is continued would do it again"
    static let nested =
        "step is called inside a step, and steps do not nest: begin them one after the other"
    static let moving = "it is another one when the run is continued"

    static let rows: [CheckerTests.Case] = [
        .init("rollback('a', '1', 'x')"),
        .init(
            "rollback('a', '1', 'x') step('s', function() rollback('a', '1', 'x') end)",
            "1:1: warning: rollback \(outside)"
        ),
        .init(
            "local it = assert(item 'a/b') it:checkOut{ name = 'x' } step('s', print)",
            "1:34: warning: checkOut \(outside)"
        ),
        .init(
            "for _, vm in ipairs(arg) do unknown(vm):checkOut{} end step('s', print) unknown = 1",
            "1:41: warning: checkOut \(outside)"
        ),
        .init(
            "parallel({ 1 }, function() pcall(function() deleteVM('vm-1') end) end) step('s', print)",
            "1:45: warning: deleteVM \(outside)"
        ),
        .init("local function f() deleteVM('vm-1') end step('s', f)"),
        .init(
            "local function f() deleteVM('vm-1') end step('s', f) f()",
            "1:20: warning: deleteVM \(outside)"
        ),
        .init(
            "local f = function() deleteVM('vm-1') end parallel({ 1 }, f) step('s', print)",
            "1:22: warning: deleteVM \(outside)"
        ),
        .init(
            "function g() deleteVM('vm-1') end local function f() pcall(g) end f() step('s', f)",
            "1:14: warning: deleteVM \(outside)"
        ),
        .init(
            "function f() deleteVM('vm-1') end step('s', function() f() end) pcall(step, 't', f)"
        ),
        .init("local function f() deleteVM('vm-1') end local function g() f() end step('s', g)"),
        .init("local function f(n) step(n, function() deleteVM('vm-1') end) end f('a') f('b')"),
        .init("local function f() deleteVM('vm-1') end f = print step('s', f) f()"),
        .init("local function f() deleteVM('vm-1') end f()"),
        .init(
            "step('s', function() pcall(step, 't', print) end)",
            "1:22: warning: \(nested)"
        ),
        .init(
            "step('s', function() parallel({ 1 }, function() step('t', print) end) end)",
            "1:49: warning: \(nested)"
        ),
        .init("local function f() step('t', print) end step('s', function() print(f) end)"),
        .init(
            "step('s', print) local x = step('s', print) print(x)",
            "1:33: warning: a step above is called 's' too, and a name is unique in the run"
        ),
        .init("if arg[1] then step('s', print) else step('s', print) end"),
        .init("print(arg[1] and step('s', print) or step('s', type))"),
        .init("step('s', print) step('s' .. arg[1], print) step('t', print)"),
        .init("parallel({ 1 }, function(x) step('s' .. x, function() deleteVM('vm-1') end) end)"),
        .init("pcall(step, 's', function() deleteVM('vm-1') end)"),
        .init("step('s', function() getPower('vm-1') end) getPower('vm-1')"),
        .init(
            "step('s' .. os.time(), print)",
            "1:6: warning: the name of the step is made from os.time: \(moving)"
        ),
        .init(
            "step(('s %d'):format(math.random(9)), print)",
            "1:6: warning: the name of the step is made from math.random: \(moving)"
        ),
        .init(
            "pcall(step, 's' .. time.now(), print)",
            "1:13: warning: the name of the step is made from time.now: \(moving)"
        ),
        .init(
            "step('s', function() return item 'a/b' end)",
            "1:29: warning: the step cannot keep an item as its result; return what makes it again, such as an id"
        ),
        .init(
            "step('s', function() return 1, print end)",
            "1:32: warning: the step cannot keep a function as its result; return what makes it again, such as an id"
        ),
        .init("step('s', function() local function f() return print end return f().x end)"),
        .init("step('s', function() return (item 'a/b').id end)"),
        .init("print(step.time(), step.random(6))"),
        .init("step.tim()", "1:6: error: step has no tim; did you mean time?"),
    ]

    @Test(arguments: rows) func `a script with steps is looked at`(_ row: CheckerTests.Case) throws
    {
        let found = try SourceCheck().findings(in: Array(row.source.utf8)).map {
            "\($0.line):\($0.column): \($0.severity.rawValue): \($0.message)"
        }
        #expect(found == row.findings)
    }
}
