import LineEditor
import Testing

struct CursorContextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let subject: CursorContext.Subject
        let typed: String
        let call: String
        var testDescription: String { text }

        init(_ text: String, _ subject: CursorContext.Subject, _ typed: String, _ call: String = "")
        {
            self.text = text
            self.subject = subject
            self.typed = typed
            self.call = call
        }
    }

    static let cases: [Case] = [
        Case("", .nothing, ""),
        Case("lis", .name(path: [], isMethod: false), "lis"),
        Case("json.en", .name(path: ["json"], isMethod: false), "en"),
        Case("vc:getCh", .name(path: ["vc"], isMethod: true), "getCh"),
        Case("a.b.c:d", .name(path: ["a", "b", "c"], isMethod: true), "d"),
        Case("vc:", .name(path: ["vc"], isMethod: true), ""),
        Case("f().x", .name(path: [], isMethod: false), "x"),
        Case("x = vc:", .name(path: ["vc"], isMethod: true), ""),
        Case("item \"gol", .string(quote: "\""), "gol", "item 0"),
        Case("item('gol", .string(quote: "'"), "gol", "item 0"),
        Case("rollback(x, \"", .string(quote: "\""), "", "rollback 1 (x)"),
        Case("it:rollback('", .string(quote: "'"), "", "it:rollback 0"),
        Case("rollback(", .nothing, "", "rollback 0"),
        Case("rollback(item 'a/b', ", .nothing, "", "rollback 1 (item 'a/b')"),
        Case("f(g(1, 2), h{3, 4}, ", .nothing, "", "f 2 (g(1, 2))"),
        Case("session{", .nothing, "", "session 0 {}"),
        Case("session{ vce", .name(path: [], isMethod: false), "vce", "session 0 {}"),
        Case(
            "rollback(i, v, 'm', { if",
            .name(path: [], isMethod: false),
            "if",
            "rollback 3 (i) {}"
        ),
        Case("function f(a", .name(path: [], isMethod: false), "a"),
        Case("-- ite", .closed, ""),
        Case("'done'", .closed, ""),
        Case("12", .closed, ""),
        Case("x = 'a' .. ", .nothing, ""),
        Case("f(function() return g(", .nothing, "", "g 0"),
        Case("日本 = item 'gö", .string(quote: "'"), "gö", "item 0"),
        Case("[[ite", .closed, "[ite"),
    ]

    @Test(arguments: cases) func `what stands around the cursor is seen`(_ test: Case) {
        let context = CursorContext(LexedText(Array(test.text)), cursor: test.text.count)
        #expect(context.subject == test.subject)
        #expect(context.typed == test.typed)
        #expect(context.start == test.text.count - test.typed.count)
        let call = context.call.map { call in
            let path = call.path.dropLast().joined(separator: ".")
            let name = path.isEmpty ? "" : path + (call.isMethod ? ":" : ".")
            let first =
                call.firstArgument.isEmpty || call.argument == 0 ? "" : " (\(call.firstArgument))"
            return "\(name)\(call.path.last ?? "") \(call.argument)\(first)"
                + (call.isInTable ? " {}" : "")
        }
        #expect(call ?? "" == test.call)
    }
}
