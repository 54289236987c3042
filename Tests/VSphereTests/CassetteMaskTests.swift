import JSON
import Testing

@testable import VSphere

struct CassetteMaskTests {
    @Test func `the same name has the same mask, in a path and in an answer`() {
        let mask = CassetteMask()
        let id = "5f3c9a10-0000-4000-a17e-0123456789ab"
        let masked = mask.name(id)
        #expect(masked == "00000000-0000-4000-8000-000000000001")
        #expect(
            mask.masked(path: "/rest/com/vmware/content/library/item/id:\(id)")
                == "/rest/com/vmware/content/library/item/id:\(masked)"
        )
        #expect(mask.name("vm-12") == "vm-900001" && mask.name("vm-13") == "vm-900002")
        #expect(mask.name("vm-12") == "vm-900001")
        #expect(mask.name("vm-x7") == "name-1", "only what VMware calls so keeps its form")
    }

    static let paths: [(String, String)] = [
        ("/rest/vcenter/vm", "/rest/vcenter/vm"),
        ("/api/vcenter/vm/vm-12/power", "/api/vcenter/vm/vm-900001/power"),
        ("/api/vcenter/vm/prod%2Fdb/power", "/api/vcenter/vm/name-1/power"),
        ("/api/vcenter/vm/vmoon-doctor", "/api/vcenter/vm/vmoon-doctor"),
        ("/api/content/library/item?library_id=Lib", "/api/content/library/item?library_id=name-1"),
        (
            "/api/vcenter/vm-template/library-items/i/versions/2",
            "/api/vcenter/vm-template/library-items/name-1/versions/2"
        ),
        ("/internal/secret", "/name-1/name-2"),
        ("/api/session?who=me", "/api/session?masked=name-1"),
        ("/api/appliance/system/version", "/api/appliance/system/version"),
    ]

    @Test(arguments: paths) func `only words of the API stay in a path`(
        _ path: String,
        _ shown: String
    ) {
        #expect(CassetteMask().masked(path: path) == shown)
    }

    static let answers: [(String, String)] = [
        (#"{"name":"golden","type":"LOCAL"}"#, #"{"name":"name-1","type":"LOCAL"}"#),
        // A name that is a word elsewhere is a name.
        (#"{"name":"LOCAL"}"#, #"{"name":"name-1"}"#),
        (#"{"type":"golden"}"#, #"{"type":"name-1"}"#),
        (#"{"time":"2026-11-29T07:00:00.000Z"}"#, #"{"time":"2026-11-29T07:00:00.000Z"}"#),
        (#"{"version":"2","name":"2"}"#, #"{"version":"2","name":"name-1"}"#),
        (#"{"version":"10.1.2.3"}"#, #"{"version":"name-1"}"#),
        (#"{"version":"7.0.3.00400"}"#, #"{"version":"7.0.3.00400"}"#),
        (#"[17,true,null,"x"]"#, #"[17,true,null,"name-1"]"#),
        // Keys of maps are names too, unless they are spelled as fields are.
        (#"{"vm-12":{"size":1}}"#, #"{"vm-900001":{"size":1}}"#),
        (#"{"prod":1,"name":"prod"}"#, #"{"name-1":1,"name":"name-1"}"#),
        (
            #"{"error_type":"NOT_FOUND","messages":[{"id":"a.b","default_message":"no lib"}]}"#,
            #"{"error_type":"NOT_FOUND","messages":[{"id":"name-1","default_message":"name-2"}]}"#
        ),
        ("404 page not found", "404 page not found"), ("no golden here", "masked"),
        ("<html>golden</html>", "<masked>"), ("", ""),
    ]

    @Test(arguments: answers)
    func `only words of the API stay in an answer`(_ answer: String, _ shown: String) throws {
        let line: JSONValue = [
            "server": "https://vc", "method": "GET", "path": "/api/vcenter/vm",
            "status": 200, "headers": ["content-type": "application/json"],
            "answer": .string(answer),
        ]
        let text = Cassette.head(at: "now") + JSONEncoder().encode(line) + "\n"
        let masked = try CassetteMask().masked(text).split(separator: "\n").map(String.init)
        let document = try JSONValue(parsing: masked[1])
        #expect(document["answer"]?.string == shown)
        #expect(document["server"] == "https://host-1.invalid")
    }

    static let texts: [(String, String)] = [
        ("cannot reach vc.example:443", "cannot reach host-1.invalid:443"),
        ("VC.EXAMPLE is not there", "host-1.invalid is not there"),
        ("at vc%2Eexample", "at host-1.invalid"), ("of me@corp", "of user-1@masked.invalid"),
        ("the domain corp", "the domain name-3"), ("is x there? next", "is name-4 there? next"),
    ]

    @Test(arguments: texts) func `a known name is found in any spelling`(
        _ text: String,
        _ shown: String
    ) {
        let mask = CassetteMask()
        mask.host("vc.example")
        mask.user("me@corp")
        mask.name("x")
        #expect(mask.cleaned(text) == shown)
    }

    @Test func `a mask is no name that is there`() {
        let mask = CassetteMask()
        #expect(mask.name("name-1") == "name-2")
    }
}
