import APIIndex
import Buffers
import JSON
import Testing

@testable import VSphere

/// Arguments and answers of the Automation API in their canonical form.
struct APICodecTests {
    /// The arguments as JSON-RPC has them, or why they are refused.
    private func encoded(_ name: String, _ arguments: JSONValue) throws -> String {
        let operation = try #require(APIFacts.operation(name))
        let given = ValueBuffer()
        given.put(arguments)
        let out = ByteBuffer()
        do {
            try APIEncoder(into: out).encode(given.root, of: operation)
        } catch {
            return error.description
        }
        return out.text
    }

    /// The value that a script reads of an answer, or why it is refused.
    private func decoded(_ name: String, _ answer: JSONValue) throws -> JSONValue {
        let operation = try #require(APIFacts.operation(name))
        let given = ValueBuffer()
        given.put(answer)
        let out = ValueBuffer()
        var decoder = APIDecoder(into: out)
        do {
            try decoder.write(given.root, as: operation.result)
        } catch {
            return .string(error.description)
        }
        return out.root.map { JSONValue($0) } ?? .null
    }

    @Test func `unset parameters are sent as such`() throws {
        let text = try encoded("vcenter.network.list", ["filter": ["names": ["prod"]]])
        #expect(
            text == #"{"STRUCTURE":{"operation-input":{"filter":{"OPTIONAL":{"STRUCTURE":"#
                + #"{"com.vmware.vcenter.network.filter_spec":{"datacenters":{"OPTIONAL":null},"#
                + #""folders":{"OPTIONAL":null},"names":{"OPTIONAL":["prod"]},"#
                + #""networks":{"OPTIONAL":null},"types":{"OPTIONAL":null}}}}}}}}"#
        )
        let bare = #"{"STRUCTURE":{"operation-input":{"filter":{"OPTIONAL":null}}}}"#
        #expect(try encoded("vcenter.network.list", [:]) == bare)
        #expect(try encoded("vcenter.network.list", []) == bare)
        #expect(try encoded("vcenter.network.list", ["filter": nil]) == bare)
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let operation: String
        let arguments: JSONValue
        let problem: String
        var testDescription: String { problem }

        init(_ operation: String, _ arguments: JSONValue, _ problem: String) {
            self.operation = operation
            self.arguments = arguments
            self.problem = problem
        }
    }

    private static let deploy = "vcenter.vm_template.library_items.deploy"
    private static let attach = "cis.tagging.tag_association.attach"
    static let wrong: [Wrong] = [
        .init(
            "vcenter.network.list",
            ["filtre": [:]],
            "filtre: no such parameter; did you mean \"filter\"?"
        ),
        .init("vcenter.network.list", ["x": 1], "x: no such parameter; it takes filter"),
        .init("cis.session.get", ["x": 1], "x: no such parameter; it takes none"),
        .init(
            "vcenter.network.list",
            "prod",
            "takes one table of parameters by name, got a string"
        ),
        .init(
            "vcenter.network.list",
            ["filter": "prod"],
            "filter: a table expected, got a string; it takes datacenters, folders, names, networks, types"
        ),
        .init(
            "vcenter.network.list",
            ["filter": ["names": "prod"]],
            "filter.names: a list expected, got a string; write { … } around it"
        ),
        .init(
            "vcenter.network.list",
            ["filter": ["names": ["a", "a"]]],
            "filter.names[2]: \"a\" is there twice, and once is enough"
        ),
        .init(
            "vcenter.network.list",
            ["filter": ["names": [1]]],
            "filter.names[1]: a string expected, got an integer"
        ),
        .init(
            "vcenter.network.list",
            ["filter": ["name": ["a"]]],
            "filter.name: no such field; did you mean \"names\"?"
        ),
        .init(
            "vcenter.network.list",
            ["filter": ["types": ["VLAN"]]],
            "filter.types[1]: \"VLAN\" is none of its values; it takes DISTRIBUTED_PORTGROUP, OPAQUE_NETWORK, STANDARD_PORTGROUP"
        ),
        .init(
            "vcenter.network.list",
            ["filter": ["types": ["standard_portgroup"]]],
            "filter.types[1]: \"standard_portgroup\" is none of its values; did you mean \"STANDARD_PORTGROUP\"?"
        ),
        .init("vcenter.VM.get", [:], "vm: missing, an identifier expected"),
        .init("vcenter.VM.get", ["vm": ""], "vm: an identifier must not be empty"),
        .init("vcenter.VM.get", ["vm": 12], "vm: an identifier expected, got an integer"),
        .init(attach, ["tag_id": "t"], "object_id: missing, a table expected"),
        .init(
            attach,
            ["tag_id": "t", "object_id": ["id": "vm-1"]],
            "object_id.type: missing, a string expected"
        ),
        .init(
            deploy,
            ["template_library_item": "i", "spec": ["name": "n", "placement": ["foldr": "f"]]],
            "spec.placement.foldr: no such field; did you mean \"folder\"?"
        ),
        .init(
            deploy,
            ["template_library_item": "i", "spec": ["name": "n", "powered_on": "yes"]],
            "spec.powered_on: a boolean expected, got a string"
        ),
        .init(
            "vcenter.vm.hardware.cpu.update",
            ["vm": "vm-1", "spec": ["count": 1.5]],
            "spec.count: an integer expected, got 1.5"
        ),
        .init(
            "vcenter.vm.hardware.ethernet.create",
            [
                "vm": "vm-1",
                "spec": [
                    "backing": ["type": "HOST_DEVICE", "network": "n"]
                ],
            ],
            "spec.backing.network: must not be there, where type is \"HOST_DEVICE\""
        ),
        .init(
            "vcenter.vm.hardware.ethernet.create",
            ["vm": "vm-1", "spec": ["backing": ["type": "STANDARD_PORTGROUP"]]],
            "spec.backing.network: missing, where type is \"STANDARD_PORTGROUP\""
        ),
        .init(
            "vcenter.compute.policies.create",
            ["spec": ["capability": "x"]],
            "spec.@class: missing, the name of a structure expected; it takes vcenter.compute.policies.create_spec"
        ),
        .init(
            "vcenter.compute.policies.create",
            ["spec": ["@class": "nothing"]],
            "spec.@class: there is no structure \"nothing\""
        ),
    ]

    @Test(arguments: wrong)
    func `arguments are refused with their place`(row: Wrong) throws {
        let problem = try encoded(row.operation, row.arguments)
        #expect(problem == row.problem)
    }

    @Test func `answers are checked, and what the index does not know is kept`() throws {
        func summary(_ fields: JSONValue) -> JSONValue {
            [["STRUCTURE": ["com.vmware.vcenter.network.summary": fields]]]
        }
        let name = "vcenter.network.list"
        let whole: JSONValue = [
            "network": "network-1", "name": "prod", "type": "NEWER",
            "later": [
                "OPTIONAL": ["STRUCTURE": ["com.vmware.x": ["a": ["OPTIONAL": nil], "b": 1]]]
            ],
            "keys": [["STRUCTURE": ["map-entry": ["key": "k", "value": ["SECRET": "s"]]]]],
        ]
        let read = try decoded(name, summary(whole))
        #expect(read.array?.first?["type"] == "NEWER")
        #expect(read.array?.first?["later"] == ["@class": "x", "b": 1])
        #expect(read.array?.first?["keys"] == ["k": "s"])
        #expect(
            try decoded(name, summary(["name": "prod", "type": "T"]))
                == "[1].network: an identifier is promised, none is there"
        )
        #expect(
            try decoded(name, summary(["network": 1, "name": "prod", "type": "T"]))
                == "[1].network: an identifier is promised, an integer is there"
        )
        #expect(try decoded(name, nil) == "a list is promised, none is there")
        #expect(
            try decoded(name, [["network": "n"]]) == "[1]: a table is promised, an object is there"
        )
        #expect(try decoded("vcenter.VM.delete", "x") == "nothing is promised, a string is there")
        #expect(try decoded("vcenter.VM.delete", nil) == nil)
    }
}
