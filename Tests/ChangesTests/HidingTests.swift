import Buffers
import JSON
import Journal
import Testing

@testable import Changes
@testable import VSphere

/// What the journal has in place of secrets, and what follows from it.
@Suite struct HidingTests {
    static let rows: [(given: String, kept: String)] = [
        (#"{"a":"x","n":1}"#, #"{"a":"x","n":1}"#),
        (#"{"password":"x","user_name":"u"}"#, #"{"password":"***","user_name":"u"}"#),
        (#"{"a":[{"b":{"admin_password":"x"}}]}"#, #"{"a":[{"b":{"admin_password":"***"}}]}"#),
        (#"{"description":"hush","note":"no hush"}"#, #"{"description":"***","note":"no hush"}"#),
        (#"{"list":["hush","x"]}"#, #"{"list":["***","x"]}"#),
        // What names an object is needed, and a secret is not taken there.
        (#"{"name":"hush","library":"hush"}"#, #"{"name":"hush","library":"hush"}"#),
        (
            #"{"properties":[{"id":"root_password","value":"x"}]}"#,
            #"{"properties":[{"id":"root_password","value":"***"}]}"#
        ),
    ]

    @Test(arguments: rows) func `a secret is hidden by its name, or by its text`(
        _ row: (given: String, kept: String)
    ) throws {
        let kept = try JSONValue(parsing: row.given).hiding { $0 == "hush" }
        #expect(kept.sorted == (try JSONValue(parsing: row.kept)).sorted)
        #expect(kept.hidesSecret == row.kept.contains("***"))
    }

    private func record(_ specification: JSONValue) throws -> (OperationRecord, Call) {
        var record = OperationRecord(
            identifier: "3f2a91c0-0000",
            run: "r",
            operation: "createLibrary",
            vcenter: "v",
            user: "u",
            intended: 0,
            deadline: 0
        )
        let values = ValueBuffer.values { $0.put(specification) }
        let call = try Call(.createLibrary, values)
        record.pin(values, of: .createLibrary, hiding: { _ in false })
        return (record, call)
    }

    @Test func `a call with a secret is made of what the script gave, and never of the journal`()
        throws
    {
        let (record, call) = try record([
            "name": "L-{op}", "storage_backings": [], "publish_info": ["password": "hush"],
        ])
        #expect(record.specification?.contains("hush") == false)
        #expect(record.name == "L-3f2a91c0")
        let sent = try record.call(of: call).argument(0)
        #expect(sent?["publish_info"]?["password"]?.string == "hush")
        #expect(sent?["name"]?.string == "L-3f2a91c0")
        #expect(throws: VSphereError.self) { try record.call() }
        let plain = try self.record(["name": "L", "storage_backings": []])
        #expect(try plain.0.call().argument(0)?["name"]?.string == "L")
    }

    @Test func `a field that the journal does not know is not told by a read`() {
        var intent = ChangeIntent(.updateItem, identifier: "i", item: "it", user: "u")
        intent.wanted = ["spec": ["description": "***", "name": "n"]]
        func seen(_ name: String) -> Observation.Part<Bool> {
            let model = ValueBuffer.values { out in
                out.put(
                    JSONValue.object([.init("name", .string(name)), .init("description", "d")])
                )
            }
            return Observation.settings(.success(model.first), of: intent)
        }
        #expect(seen("n") == .unavailable)
        #expect(seen("other") == .read(false))
    }

    @Test func `what the API declares to be secret is a secret`() throws {
        let values = ValueBuffer.values { out in
            out.put("vm-1")
            out.put(
                [
                    "spec": [
                        "configuration_spec": [
                            "windows_config": [
                                "sysprep": ["gui_unattended": ["password": "hush"]]
                            ]
                        ]
                    ]
                ] as JSONValue
            )
        }
        #expect(try Call(.customize, values).secrets.contains("hush"))
    }
}
