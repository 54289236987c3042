import Buffers
import JSON
import Testing
import VSphere

@testable import Bindings

@Suite struct JSONTextTests {
    @Test(arguments: [nil, 1, 1.5, "é", [1, [2]], ["a": ["b": nil]]] as [JSONValue])
    func `what JSON knows is no problem`(_ value: JSONValue) throws {
        let buffer = ValueBuffer()
        buffer.put(value)
        #expect(JSONText.problem(with: try #require(buffer.root)) == nil)
    }

    @Test(
        arguments: [
            (.double(.nan), "the value is not a finite number"),
            (["a": [1, .double(.infinity)]], "a[2] is not a finite number"),
            ([["a": ["b": .double(-.infinity)]]], "[1].a.b is not a finite number"),
        ] as [(JSONValue, String)]
    ) func `a number without a form is named by its place`(
        _ value: JSONValue,
        _ problem: String
    ) throws {
        let buffer = ValueBuffer()
        buffer.put(value)
        #expect(JSONText.problem(with: try #require(buffer.root)) == problem)
    }

    @Test func `a secret is refused, unless the caller has a text for it`() throws {
        let vault = SecretVault()
        let buffer = ValueBuffer()
        buffer.putRecord {
            buffer.put("token")
            vault.put(Secret("hunter2"), into: buffer)
            return 1
        }
        let value = try #require(buffer.root)
        #expect(JSONText.problem(with: value) == "token is a vmoon.secret")
        #expect(JSONText.problem(with: value) { vault[$0] != nil } == nil)
        let token = try #require(value["token"])
        #expect(vault[token]?.reveal() == "hunter2")
        vault.forget(try #require(token.object).identifier)
        #expect(vault[token] == nil)
    }

    @Test func `members are sorted at every level`() {
        let value: JSONValue = ["b": [["d": 1, "c": 2]], "a": nil]
        #expect(JSONEncoder().encode(value.sorted) == #"{"a":null,"b":[{"c":2,"d":1}]}"#)
    }
}
