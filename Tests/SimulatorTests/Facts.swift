import Testing

@testable import Simulator

/// What VMware's Python classes say of the operations: `Tests/sdk/facts.txt`, which `Tests/sdk/facts.py` writes.
struct Facts {
    static let folder =
        String(#filePath.dropLast("/SimulatorTests/Facts.swift".utf8.count)) + "/sdk"

    let text: String
    /// The declared errors, by service and operation.
    private(set) var errors: [String: [String]] = [:]

    init() throws {
        let bytes = try #require(FileText.read(Self.folder + "/facts.txt"))
        text = String(decoding: bytes, as: UTF8.self)
        var operation = ""
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            if words.first == "operation" { operation = words[1] }
            if words.first == "errors" { errors[operation] = Array(words.dropFirst()) }
        }
    }

    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// The same lines as the simulator's tables have them, without the declared errors.
    static var ofTables: [String] {
        var blocks: [String: [String]] = [:]
        // One release of the specification lists tasks by POST; the SDK's does not.
        // What a route has from the index is compared there.
        for route in RouteTable.everything
        where route.name != "list_by_post" && !route.isIndexed {
            let parameters = route.input.members.sorted { $0.name < $1.name }
            blocks["operation \(route.service).\(route.name)"] = parameters.map(line)
            for member in parameters { add(member.type, to: &blocks) }
        }
        return blocks.sorted { $0.key < $1.key }.flatMap { [$0.key] + $0.value }
    }

    private static func add(_ type: InputType, to blocks: inout [String: [String]]) {
        switch type {
        case .list(let element), .set(let element), .map(let element): add(element, to: &blocks)
        case .enumeration(let enumeration):
            let values = enumeration.values.sorted().joined(separator: " ")
            blocks["enumeration \(enumeration.name) \(values)"] = []
        case .structure(let structure):
            let members = structure.members.sorted { $0.name < $1.name }
            let unions = structure.unions.map { union in
                "  union \(union.tag) \(union.value) \(union.member) "
                    + (union.isRequired ? "required" : "optional")
            }
            blocks["structure \(structure.name)"] = members.map(line) + unions.sorted()
            for member in members { add(member.type, to: &blocks) }
        default: break
        }
    }

    private static func line(_ member: Member) -> String {
        "  \(member.name) \(member.need == .required ? "" : "optional ")\(member.type.phrase)"
    }
}
