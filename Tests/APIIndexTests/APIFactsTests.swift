import Support
import Testing

@testable import APIIndex

struct APIFactsTests {
    @Test func `every line is where its name leads`() throws {
        var keys: [String] = []
        for line in APIFacts.lines {
            let name = String(line.dropFirst(2).prefix { $0 != " " })
            let subject = try #require(APIFacts.Subject(rawValue: String(line.prefix(1))))
            #expect(APIFacts.line(subject, name) == String(line.dropFirst(2)))
            keys.append("\(subject.rawValue) \(name)")
        }
        #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: [
        "", " ", "vcenter", "vcenter.network", "vcenter.network.lis", "zzz", "A",
        "vcenter.network.list ",
    ])
    func `there is no operation`(of name: String) {
        #expect(APIFacts.operation(name) == nil)
        #expect(APIFacts.structure(name) == nil)
        #expect(APIFacts.enumeration(name) == nil)
    }

    @Test func `every type is known, and every name in it is in the index`() throws {
        for line in APIFacts.lines where line.first != "e" {
            for word in line.split(separator: " ").dropFirst(2)
            where !"!~+/%|".contains(word[word.startIndex]) {
                let text =
                    word.first == ">" ? word.dropFirst() : word.drop { $0 != "=" }.dropFirst()
                let type = try #require(APIType(text), "\(word) in \(line)")
                for name in type.structures { #expect(APIFacts.structure(name) != nil, "\(name)") }
                for name in type.enumerations {
                    #expect(APIFacts.enumeration(name) != nil, "\(name)")
                }
            }
        }
    }

    @Test func `unions, errors and needs name what is there`() throws {
        for name in APIFacts.operationNames {
            let operation = try #require(APIFacts.operation(name))
            #expect("\(operation.service).\(operation.name)" == name)
            for error in operation.errors {
                let isThere = [error, "vapi.std.errors." + error].contains { name in
                    APIFacts.structure(name)?.isError == true
                }
                #expect(isThere, "\(error)")
            }
            for need in operation.needs {
                #expect(!need.privileges.isEmpty && need.types.isEmpty == (need.place == nil))
                guard let place = need.place else { continue }
                let owner = place.split(separator: ".").dropLast().joined(separator: ".")
                let fields =
                    owner.isEmpty ? operation.parameters : APIFacts.structure(owner)?.fields
                let field = try #require(place.split(separator: ".").last)
                #expect(fields?.contains { $0.name == String(field) } == true, "\(name) \(place)")
            }
        }
        for name in APIFacts.names(of: .structure) {
            let structure = try #require(APIFacts.structure(name))
            for union in structure.unions {
                #expect(structure[union.discriminant] != nil)
                for member in union.cases.values.joined() {
                    #expect(structure[member.name]?.type.isOptional == true, "\(name) \(member)")
                }
            }
        }
    }

    @Test func `the operations are found from the top, name by name`() {
        var found: [String] = []
        var paths = [""]
        while let path = paths.popLast() {
            for child in APIFacts.children(of: path) {
                let name = path.isEmpty ? child.name : "\(path).\(child.name)"
                if child.isOperation { found.append(name) } else { paths.append(name) }
            }
        }
        #expect(
            found.sorted() == APIFacts.operationNames.map { $0.replacing("$", with: "_") }.sorted()
        )
        #expect(
            APIFacts.children(of: "").map(\.name) == [
                "appliance", "cis", "content", "esx", "vapi", "vcenter",
            ]
        )
        #expect(
            APIFacts.children(of: "vcenter.network").contains {
                $0.name == "list" && $0.isOperation
            }
        )
        #expect(APIFacts.children(of: "nothing").isEmpty)
    }

    @Test func `an operation has its facts`() throws {
        let rollback = try #require(
            APIFacts.operation("vcenter.vm_template.library_items.versions.rollback")
        )
        #expect(rollback.wireService == "com.vmware.vcenter.vm_template.library_items.versions")
        #expect(rollback.parameters.map(\.name) == ["spec", "template_library_item", "version"])
        #expect(rollback.parameters.map(\.isRequired) == [false, true, true])
        #expect(rollback.result == .identifier(["content.library.item.Version"]))
        #expect(rollback.since == "6.9.1")
        #expect(rollback.method == "POST")
        #expect(rollback.errors.contains("not_allowed_in_current_state"))
        #expect(
            rollback.needs.map(\.privileges).joined().contains("ContentLibrary.CheckInTemplate")
        )
        #expect(!rollback.isReading)
        let clone = try #require(APIFacts.operation("vcenter.VM.clone_task"))
        #expect(
            clone.name == "clone$task" && clone.spelling == "clone_task" && clone.tasking != .never
        )
    }

    @Test(arguments: [
        ("vcenter.VM.list", true), ("vcenter.VM.delete", false), ("content.library.find", true),
        ("cis.tagging.tag_association.list_attached_tags", true),
        ("cis.tagging.tag_association.attach", false), ("cis.tasks.cancel", false),
        ("vcenter.vm_template.library_items.check_outs.check_out", false),
        ("vcenter.vm_template.library_items.check_outs.check_in", false),
        ("esx.settings.clusters.software.check_task", true),
        ("esx.settings.clusters.software.apply_task", false),
        ("content.local_library.publish", false),
        ("vcenter.guest.customization_specs.export", false),
    ])
    func `what reads is told from what changes`(name: String, isReading: Bool) throws {
        #expect(try #require(APIFacts.operation(name)).isReading == isReading)
    }

    @Test func `a look-up reads a few lines of thousands`() throws {
        let names = APIFacts.operationNames
        let clock = ContinuousClock()
        let took = clock.measure {
            for name in names { #expect(APIFacts.operation(name) != nil) }
        }
        print("\(names.count) operations looked up in \(took)")
        #expect(took < .seconds(10))
    }

    @Test(.enabled("VMware's SDK comes from PyPI") { PythonSDK.obstacle == nil })
    func `the index is what VMware's packages say, with every service`() throws {
        let made = try ProgramRun.shell(
            "\(PythonSDK.python) \(PythonSDK.package)/scripts/api-index"
        )
        #expect(made.status == 0, "\(made.error)")
        let embedded = APIFacts.lines.joined(separator: "\n") + "\n"
        #expect(made.output == embedded, "scripts/api-index > Sources/CAPIIndex/index.txt")
        let counted = try ProgramRun.shell(
            """
            find \(PythonSDK.environment)/lib -name '*_client.py' -path '*/com/vmware/*' -exec cat {} + |
            sed -nE "s/.*_VAPI_SERVICE_ID = 'com\\.vmware\\.(.*)'.*/\\1/p" | sort -u
            """
        )
        let services = counted.output.split(separator: "\n").map(String.init)
        #expect(services.count == 533)
        let found = Set(APIFacts.operationNames.compactMap { APIFacts.operation($0)?.service })
        // These two have no operation.
        let missing = Set(services).symmetricDifference(found).sorted()
        #expect(missing == ["vapi.metadata.metamodel.metadata_identifier", "vcenter.vm.identity"])
    }
}

extension APIType {
    fileprivate var parts: [APIType] {
        switch self {
        case .optional(let type), .list(let type), .set(let type): [type]
        case .map(let key, let value): [key, value]
        default: []
        }
    }

    fileprivate var structures: [String] {
        switch self {
        case .structure(let name): [name]
        case .dynamic(let names): names
        default: parts.flatMap(\.structures)
        }
    }

    fileprivate var enumerations: [String] {
        if case .enumeration(let name) = self { return [name] }
        return parts.flatMap(\.enumerations)
    }
}
