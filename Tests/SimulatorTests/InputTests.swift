import JSON
import Support
import Testing

@testable import Simulator

/// What is refused before an operation sees it, row by row of the reference and over HTTP.
struct InputTests {
    typealias Form = WireClient.Form

    /// An answer's status, kind and innermost message.
    private func refusal(_ client: WireClient, _ probe: InputProbe) throws -> (String, JSONValue)? {
        guard let request = probe.request else { return nil }
        let answer = try client.connection.exchange(
            request.method,
            request.target,
            headers: ["vmware-api-session-id: \(client.session)"],
            body: request.body.map { JSONEncoder().encode($0) }
        )
        let body = answer.body.isEmpty ? .null : try JSONParser().decode(answer.body)
        let value = client.form == .rest ? body["value"] ?? .null : body
        guard answer.status >= 400 else { return ("\(answer.status)", value) }
        let message = value["messages"]?.array?.last?["id"]?.string ?? ""
        let kind = value["error_type"]?.string?.lowercased() ?? ""
        return ("\(answer.status) \(kind) \(message)", value)
    }

    /// What a row says about one way to be wrong.
    private func expected(_ row: InputReference.Row, _ wrong: Wrong, _ form: Form) -> String {
        if case .map = row.type, wrong == .twice {
            return form == .api
                ? "400 invalid_request com.vmoon.simulator.body.malformed"
                : "400 invalid_argument vapi.bindings.typeconverter.map.duplicate.key"
        }
        if let (kind, message) = wrong.refusal { return "400 \(kind.rawValue) \(message)" }
        return switch InputReference.refusalOfUnknown(row) {
        case .notFound: "404 not_found"
        case .some(let kind): "400 \(kind.rawValue)"
        case nil: "200"
        }
    }

    @Test(arguments: Form.allCases)
    func `every argument of every operation is refused as the reference says`(form: Form) throws {
        let client = try WireClient(form)
        let before = try client.simulator.state()
        let facts = try Facts()
        var count = 0
        for row in InputReference.rows {
            for wrong in row.wrongs {
                let probe = InputProbe(row: row, wrong: wrong, form: form)
                let text = "\(row.route.label).\(row.name) \(wrong.rawValue)"
                // A structure of a query has no name on `/api`, so that nothing can stand for it.
                if form == .api, row.path.count == 1, wrong == .otherType,
                    probe.request?.method == "GET"
                {
                    if case .structure = row.type { continue }
                }
                guard let (got, value) = try refusal(client, probe) else {
                    Issue.record("\(text): no request can be made")
                    continue
                }
                count += 1
                let wanted = expected(row, wrong, form)
                #expect(got.hasPrefix(wanted), "\(text): \(probe.request?.target ?? "")")
                if got == "200" {
                    #expect(value.array?.isEmpty ?? value.members?.isEmpty == true, "\(text)")
                } else if let errors = facts.errors["\(row.route.service).\(row.route.name)"] {
                    let kind = got.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                    let common = ["invalid_argument", "unexpected_input", "invalid_request"]
                    #expect((errors + common).contains(kind), "\(text) is not declared")
                }
            }
        }
        #expect(count > 300, "\(count)")
        #expect(try client.simulator.state() == before)
    }

    @Test(arguments: Form.allCases)
    func `no operation takes a parameter that is none of its own`(form: Form) throws {
        let client = try WireClient(form)
        for route in RouteTable.everything {
            guard let dialect = Dialect(rawValue: form.rawValue),
                let endpoint = route.endpoints[dialect], route.operation != .createSession,
                route.operation != .deleteSession
            else { continue }
            var path = endpoint.path.replacing("id:{", with: "{")
            for (name, id) in InputProbe.identifiers {
                path = path.replacing("{\(name)}", with: id)
            }
            let action = endpoint.action.map { "\(endpoint.actionParameter)=\($0)&" } ?? ""
            let answer = try client.connection.exchange(
                endpoint.method,
                "\(path)?\(action)no_such=1",
                headers: ["vmware-api-session-id: \(client.session)"]
            )
            #expect(WireClient.failure(answer, form) == "400 UNEXPECTED_INPUT", "\(path)")
            #expect(answer.text.contains(#""[no_such]","operation-input""#), "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("filter.names=a", "400 UNEXPECTED_INPUT", "200 -"),
        ("names=a", "200 -", "400 UNEXPECTED_INPUT"),
        ("hosts.1=host-10&hosts.2=host-12", "200 -", "400 UNEXPECTED_INPUT"),
        ("filter.hosts.1=host-10&filter.hosts.2=host-12", "400 UNEXPECTED_INPUT", "200 -"),
        ("action=list", "400 UNEXPECTED_INPUT", "400 UNEXPECTED_INPUT"),
        ("names=%zz", "400 INVALID_REQUEST", "400 INVALID_REQUEST"),
    ])
    func `a query in the other dialect's spelling is refused`(
        query: String,
        api: String,
        rest: String
    ) throws {
        for form in Form.allCases {
            let client = try WireClient(form)
            let got = try client.failure("GET", "/vcenter/vm?\(query)")
            #expect(got == (form == .api ? api : rest))
        }
    }

    @Test(arguments: Form.allCases)
    func `a member that is null is one that is left out`(form: Form) throws {
        let client = try WireClient(form)
        let content = form == .rest ? "/com/vmware/content/library" : "/content/library"
        let find = "\(content)?\(form == .rest ? "~" : "")action=find"
        let found = try client.value(
            "POST",
            find,
            ["name": "golden", "type": .null, "no_such": .null]
        )
        #expect(found.array?.count == 1)
        let path = "\(WireClient.templates)/\(Rules.ubuntu)/versions/1?action=rollback"
        let answer = try client.send("POST", path, ["message": .null])
        #expect(WireClient.failure(answer, form) == "400 INVALID_ARGUMENT")
        #expect(answer.text.contains("vapi.data.structure.field.missing"))
    }

    @Test func `the causes of a refusal come outermost first`() throws {
        let client = try WireClient(.api)
        let answer = try client.send(
            "POST",
            "\(WireClient.templates)/\(Rules.ubuntu)?action=deploy",
            ["name": "a", "hardware_customization": ["cpu_update": ["num_cpus": "8"]]]
        )
        let body = try JSONParser().decode(answer.body)
        let messages = body["messages"]?.array?.map {
            "\($0["id"]?.string ?? "") \($0["args"]?.array?.first?.string ?? "")"
        }
        #expect(
            messages == [
                "vapi.data.structure.field.invalid spec",
                "vapi.data.structure.field.invalid hardware_customization",
                "vapi.data.structure.field.invalid cpu_update",
                "vapi.data.structure.field.invalid num_cpus",
                "vapi.data.validate.mismatch INTEGER",
            ]
        )
    }
}
