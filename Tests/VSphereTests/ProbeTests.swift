import Buffers
import JSON
import Testing
import Transport

@testable import VSphere

struct ProbeTests {
    static let shape = Shape.list(
        .record([
            .required("name", .string), .required("vm", or: "id", .identifier),
            .optional("size", .integer),
            .optional("disks", .map(.record([.required("x", .boolean)]))),
        ])
    )

    static let answers: [(JSONValue, [Probe.Deviation])] = [
        ([["name": "a", "vm": "vm-1"], ["name": "b", "id": "vm-2"]], []),
        (
            [["title": "a", "vm": "vm-1"], ["title": "b", "vm": "vm-2"]],
            [.init("[*].name", "a string is promised, none is there", others: ["title"])]
        ),
        (
            [["name": 7, "vm": "", "size": "8"]],
            [
                .init("[*].name", "a string is promised, an integer is there"),
                .init("[*].vm", "a string that is not empty is promised, an empty one is there"),
                .init("[*].size", "an integer is promised, a string is there"),
            ]
        ),
        (
            [["name": "a", "vm": "v", "disks": [["key": "1", "value": ["x": 1]]]]],
            [.init("[*].disks[*].x", "a boolean is promised, an integer is there")]
        ),
        (
            [["name": "a", "vm": "v", "disks": [["k": "1"]]]],
            [.init("[*].disks[*]", "an object with key and value is promised")]
        ),
        (["list": []], [.init("", "a list is promised, an object is there")]),
    ]

    @Test(arguments: answers)
    func `each place that is not as promised is found once`(
        _ answer: JSONValue,
        _ deviations: [Probe.Deviation]
    ) throws {
        let buffer = ValueBuffer()
        buffer.put(answer)
        #expect(Self.shape.deviations(of: try #require(buffer.root)) == deviations)
    }

    static let pages: [(String, String?)] = [
        ("<namespace><name>urn:vim25</name> <version>8.0.1.0</version>", "8.0.1.0"),
        ("<name>urn:vim25</name><version>8.0.1.0", nil), ("", nil),
        ("<name>urn:vim25</name><version>\u{1B}[31m</version>", nil),
        ("<name>urn:other</name><version>1.0</version>", nil),
    ]

    @Test(arguments: pages) func `the version of the API is read`(
        _ page: String,
        _ version: String?
    ) {
        #expect(Knock.version(in: page) == version)
    }

    static let stages: [(TransportError, hasProxy: Bool, Knock.Stage)] = [
        (TransportError(.connect, "", code: 6, mayHaveBeenSent: false), false, .name),
        (TransportError(.connect, "", code: 5, mayHaveBeenSent: false), true, .proxy),
        (TransportError(.connect, "", code: 7, mayHaveBeenSent: false), true, .proxy),
        (TransportError(.connect, "", code: 7, mayHaveBeenSent: false), false, .connection),
        (TransportError(.timeout, "", mayHaveBeenSent: false), false, .connection),
        (TransportError(.timeout, "", mayHaveBeenSent: true), true, .answer),
        (TransportError(.tls, "", code: 60, mayHaveBeenSent: false), true, .tls),
        (TransportError(.connect, "", code: 35, mayHaveBeenSent: false), false, .tls),
        (TransportError(.broken, "", code: 52, mayHaveBeenSent: true), false, .answer),
    ]

    @Test(arguments: stages)
    func `a failure tells how far a request came`(
        _ error: TransportError,
        _ hasProxy: Bool,
        _ stage: Knock.Stage
    ) {
        #expect(Knock.Stage(error, hasProxy: hasProxy) == stage)
    }
}
