import Buffers
import JSON
import Testing
import Transport

@testable import VSphere

@Suite struct DialectTests {
    /// A call and the request it must become: method, path, body.
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: Operation
        /// The arguments as a JSON array.
        let arguments: String
        let rest: String
        let api: String

        init(_ operation: Operation, _ arguments: String, rest: String, api: String) {
            self.operation = operation
            self.arguments = arguments
            self.rest = rest
            self.api = api
        }

        var testDescription: String { "\(operation.name) \(arguments)" }
    }

    static let templates = "/vcenter/vm-template/library-items"
    static let library = "/com/vmware/content/library"

    static let cases = libraryCases + machineCases

    static let libraryCases: [Case] = [
        // Check-outs.
        Case(
            .getCheckOut,
            #"["I","vm-12"]"#,
            rest: "GET /rest\(templates)/I/check-outs/vm-12",
            api: "GET /api\(templates)/I/check-outs/vm-12"
        ),
        Case(
            .getCheckOut,
            #"["../../session?x=#%2f é","vm-12:5f3c"]"#,
            rest:
                "GET /rest\(templates)/..%2F..%2Fsession%3Fx%3D%23%252f%20%C3%A9/check-outs/vm-12:5f3c",
            api:
                "GET /api\(templates)/..%2F..%2Fsession%3Fx%3D%23%252f%20%C3%A9/check-outs/vm-12:5f3c"
        ),
        Case(
            .listCheckOuts,
            #"["I"]"#,
            rest: "GET /rest\(templates)/I/check-outs",
            api: "GET /api\(templates)/I/check-outs"
        ),
        Case(
            .checkOut,
            #"["I",{"name":"n","placement":{"folder":"group-v1","host":"host-1"},"powered_on":false}]"#,
            rest:
                #"POST /rest\#(templates)/I/check-outs?action=check-out {"spec":{"name":"n","placement":{"folder":"group-v1","host":"host-1"},"powered_on":false}}"#,
            api:
                #"POST /api\#(templates)/I/check-outs?action=check-out {"name":"n","placement":{"folder":"group-v1","host":"host-1"},"powered_on":false}"#
        ),
        Case(
            .checkOut,
            #"["I",{}]"#,
            rest: #"POST /rest\#(templates)/I/check-outs?action=check-out {"spec":{}}"#,
            api: #"POST /api\#(templates)/I/check-outs?action=check-out {}"#
        ),
        Case(
            .checkIn,
            #"["I","vm-1","say \"hi\"\n"]"#,
            rest:
                #"POST /rest\#(templates)/I/check-outs/vm-1?action=check-in {"spec":{"message":"say \"hi\"\n"}}"#,
            api:
                #"POST /api\#(templates)/I/check-outs/vm-1?action=check-in {"message":"say \"hi\"\n"}"#
        ),
        Case(
            .deleteCheckOut,
            #"["I","vm-1"]"#,
            rest: "DELETE /rest\(templates)/I/check-outs/vm-1",
            api: "DELETE /api\(templates)/I/check-outs/vm-1"
        ),
        // Versions.
        Case(
            .listVersions,
            #"["I"]"#,
            rest: "GET /rest\(templates)/I/versions",
            api: "GET /api\(templates)/I/versions"
        ),
        Case(
            .getVersion,
            #"["I","2"]"#,
            rest: "GET /rest\(templates)/I/versions/2",
            api: "GET /api\(templates)/I/versions/2"
        ),
        Case(
            .deleteVersion,
            #"["I","2"]"#,
            rest: "DELETE /rest\(templates)/I/versions/2",
            api: "DELETE /api\(templates)/I/versions/2"
        ),
        Case(
            .rollback,
            #"["I","1","bad patch"]"#,
            rest:
                #"POST /rest\#(templates)/I/versions/1?action=rollback {"spec":{"message":"bad patch"}}"#,
            api: #"POST /api\#(templates)/I/versions/1?action=rollback {"message":"bad patch"}"#
        ),
        // Templates.
        Case(
            .getTemplate,
            #"["I"]"#,
            rest: "GET /rest\(templates)/I",
            api: "GET /api\(templates)/I"
        ),
        Case(
            .createTemplate,
            #"[{"source_vm":"vm-1","name":"n","library":"L","disk_storage_overrides":{"2000":{"datastore":"d"}}}]"#,
            rest:
                #"POST /rest\#(templates) {"spec":{"source_vm":"vm-1","name":"n","library":"L","disk_storage_overrides":[{"key":"2000","value":{"datastore":"d"}}]}}"#,
            api:
                #"POST /api\#(templates) {"source_vm":"vm-1","name":"n","library":"L","disk_storage_overrides":{"2000":{"datastore":"d"}}}"#
        ),
        Case(
            .deploy,
            #"["I",{"name":"n","hardware_customization":{"nics":{"4000":{"network":"net-1"}},"disks_to_remove":[]}}]"#,
            rest:
                #"POST /rest\#(templates)/I?action=deploy {"spec":{"name":"n","hardware_customization":{"nics":[{"key":"4000","value":{"network":"net-1"}}],"disks_to_remove":[]}}}"#,
            api:
                #"POST /api\#(templates)/I?action=deploy {"name":"n","hardware_customization":{"nics":{"4000":{"network":"net-1"}},"disks_to_remove":[]}}"#
        ),
        // What Lua makes of 64 * 2^30 is a whole number of bytes all the same.
        Case(
            .deploy,
            #"["I",{"name":"n","hardware_customization":{"cpu_update":{"num_cpus":8.0},"disks_to_update":{"2000":{"capacity":6.8719476736e10}}}}]"#,
            rest:
                #"POST /rest\#(templates)/I?action=deploy {"spec":{"name":"n","hardware_customization":{"cpu_update":{"num_cpus":8},"disks_to_update":[{"key":"2000","value":{"capacity":68719476736}}]}}}"#,
            api:
                #"POST /api\#(templates)/I?action=deploy {"name":"n","hardware_customization":{"cpu_update":{"num_cpus":8},"disks_to_update":{"2000":{"capacity":68719476736}}}}"#
        ),
        // History: no `com/vmware` and no `id:` on `/rest`.
        Case(
            .listChanges,
            #"["I"]"#,
            rest: "GET /rest/content/library/item/I/changes",
            api: "GET /api/content/library/item/I/changes"
        ),
        Case(
            .getChange,
            #"["I","2"]"#,
            rest: "GET /rest/content/library/item/I/changes/2",
            api: "GET /api/content/library/item/I/changes/2"
        ),
        // Libraries: `~action` and `id:` on `/rest`.
        Case(.listLibraries, "[]", rest: "GET /rest\(library)", api: "GET /api/content/library"),
        Case(
            .getLibrary,
            #"["L"]"#,
            rest: "GET /rest\(library)/id:L",
            api: "GET /api/content/library/L"
        ),
        Case(
            .findLibraries,
            #"[{"name":"golden"}]"#,
            rest: #"POST /rest\#(library)?~action=find {"spec":{"name":"golden"}}"#,
            api: #"POST /api/content/library?action=find {"name":"golden"}"#
        ),
        Case(
            .listItems,
            #"["L&x=1"]"#,
            rest: "GET /rest\(library)/item?library_id=L%26x%3D1",
            api: "GET /api/content/library/item?library_id=L%26x%3D1"
        ),
        Case(
            .getItem,
            #"["I"]"#,
            rest: "GET /rest\(library)/item/id:I",
            api: "GET /api/content/library/item/I"
        ),
        Case(
            .findItems,
            #"[{"name":"ubuntu","cached":true}]"#,
            rest:
                #"POST /rest\#(library)/item?~action=find {"spec":{"name":"ubuntu","cached":true}}"#,
            api: #"POST /api/content/library/item?action=find {"name":"ubuntu","cached":true}"#
        ),
        Case(
            .deleteItem,
            #"["I"]"#,
            rest: "DELETE /rest\(library)/item/id:I",
            api: "DELETE /api/content/library/item/I"
        ),
    ]

    @Test(arguments: cases)
    func `a call becomes the request its dialect wants`(row: Case) throws {
        let arguments = try JSONText.value(row.arguments)
        let call = try Call(row.operation, Array(arguments.elements))
        for dialect in Dialect.allCases {
            let url = ByteBuffer()
            call.appendPath(in: dialect, to: url)
            let body = call.body(in: dialect).map { " " + $0.text } ?? ""
            let line = "\(row.operation.method.rawValue) \(url.text)\(body)"
            #expect(line == (dialect == .rest ? row.rest : row.api))
        }
    }

    @Test func `every operation has a row in the table above, a name of its own and a use`() {
        let named = Set(Self.cases.map(\.operation.name))
        #expect(Operation.all.map(\.name).filter { !named.contains($0) } == [])
        #expect(Set(Operation.all.map(\.name)).count == Operation.all.count)
        for operation in Operation.all {
            #expect(Operation.named(operation.name) === operation)
        }
        #expect(Operation.named("format") == nil)
    }

    @Test func `only what changes something counts as a change`() {
        #expect(
            Operation.all.filter(\.isChanging).map(\.name) == [
                "checkOut", "checkIn", "deleteCheckOut", "deleteVersion", "rollback",
                "createTemplate", "deploy", "deployOVF", "createLibrary", "createSubscribedLibrary",
                "deleteLibrary", "deleteSubscribedLibrary", "deleteItem", "updateItem", "publish",
                "publishItem", "sync", "syncItem", "deleteVM", "setPower", "shutdownGuest",
                "rebootGuest", "setHardware", "customize", "attachTag", "detachTag", "cancelTask",
            ]
        )
    }

    @Test func `the session service has a place of its own in each dialect`() {
        let lines = Dialect.allCases.flatMap { dialect in
            Dialect.SessionRequest.allCases.map { request in
                let (method, path) = dialect.session(request)
                return "\(method.rawValue) \(path)"
            }
        }
        #expect(
            lines == [
                "POST /rest/com/vmware/cis/session",
                "POST /rest/com/vmware/cis/session?~action=get",
                "DELETE /rest/com/vmware/cis/session",
                "POST /api/session", "GET /api/session", "DELETE /api/session",
            ]
        )
    }
}
