import JSON
import Testing

@testable import Simulator

struct FaultTests {
    private func take(
        _ table: inout FaultTable,
        _ operation: Operation? = .rollback,
        _ method: String = "POST",
        _ path: Substring = "/rest/a/b"
    ) -> Fault.Effect? {
        table.take(
            operation: operation?.rawValue,
            indexName: "vcenter.vm.power.start",
            method: method,
            path: path,
            isEarly: false
        )
    }

    private func table(_ texts: String...) throws -> FaultTable {
        var table = FaultTable()
        for text in texts { table.add(try Fault(JSONValue(parsing: text))) }
        return table
    }

    @Test func `a fault names an operation in either way`() throws {
        for name in ["setPower", "vcenter.vm.power.start"] {
            var faults = try table(#"{"do":"html_503","match":{"operation":"\#(name)"}}"#)
            #expect(take(&faults, .setPower) == .html503, "\(name)")
        }
        var other = try table(#"{"do":"html_503","match":{"operation":"vcenter.vm.power.stop"}}"#)
        #expect(take(&other, .setPower) == nil)
    }

    @Test func `a fault hits once unless told otherwise`() throws {
        var once = try table(#"{"do":"html_503"}"#)
        #expect(take(&once) == .html503)
        #expect(take(&once) == nil)
    }

    @Test func `skip lets requests pass, times counts those that are hit`() throws {
        var some = try table(#"{"do":"html_503","skip":2,"times":2}"#)
        #expect(
            (0..<6).map { _ in take(&some) != nil } == [false, false, true, true, false, false]
        )
    }

    @Test func `times null hits for ever`() throws {
        var all = try table(#"{"do":"html_503","times":null}"#)
        #expect((0..<50).allSatisfy { _ in take(&all) != nil })
    }

    @Test
    func `a request counts for every fault that skips it, and is hit by the first that does not`()
        throws
    {
        var two = try table(#"{"do":"html_503","skip":1}"#, #"{"do":"reset_mid_body","skip":1}"#)
        #expect((0..<3).map { _ in take(&two) } == [nil, .html503, .resetMidBody])
    }

    @Test func `a match names an operation, a method or a path, and all of them must fit`() throws {
        let text =
            #"{"do":"html_503","match":{"operation":"rollback","method":"post","path":"/rest/*"}}"#
        var one = try table(text)
        #expect(take(&one, .checkIn) == nil)
        #expect(take(&one, .rollback, "GET") == nil)
        #expect(take(&one, .rollback, "POST", "/api/x") == nil)
        #expect(take(&one) == .html503)
    }

    @Test(arguments: [
        ("/a/*", "/a/b/c", true), ("/a/*/c", "/a/b/b/c", true), ("*", "", true), ("", "", true),
        ("/a/?", "/a/b", true), ("/a/?", "/a/bb", false), ("/a", "/a/b", false),
        ("*b*b*", "abb", true), ("*b*b*b", "abb", false), ("/a/%2e", "/a/%2e", true),
    ])
    func `a glob knows a star and a question mark`(pattern: String, path: String, fits: Bool) {
        #expect(Glob(pattern).matches(path) == fits)
    }

    @Test(arguments: [
        (#"{"do":"explode"}"#, "no fault named"),
        (#"{"status":200}"#, "member \"do\""),
        (#"{"do":"delay"}"#, "ms is missing"),
        (#"{"do":"delay","ms":-1}"#, "not negative"),
        (#"{"do":"delay","ms":1,"time":3}"#, "no member \"time\""),
        (#"{"do":"error","kind":"oops"}"#, "kind must name"),
        (#"{"do":"html_503","times":0}"#, "at least 1"),
        (#"{"do":"html_503","match":{"operation":"fly"}}"#, "no operation named"),
        (#"{"do":"html_503","match":{"host":"x"}}"#, "match has no member"),
        (#"{"do":"no_route","dialect":"rest"}"#, "no member \"dialect\""),
        (#"{"do":"status","status":99}"#, "between 200 and 599"),
    ])
    func `a fault that is misspelt is refused`(text: String, reason: String) throws {
        let document = try JSONValue(parsing: text)
        let error = #expect(throws: FaultError.self) { _ = try Fault(document) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
