internal import Text
internal import VSphere

/// Where the trace of a run goes, and what describes it: OpenTelemetry's variables of the environment.
public struct TraceSettings: Equatable {
    /// The collector's address for traces, as it is sent.
    public internal(set) var url: String
    /// Header fields of ours for it; their values are secrets.
    public internal(set) var headers: [Field] = []
    /// The most that one request may take.
    public internal(set) var timeout: Duration = .seconds(10)
    /// A file of certificate authorities; nil for the system's.
    public internal(set) var authorities: String?
    /// The attributes that describe the program, such as `service.name`.
    public internal(set) var resource: [Field] = []

    /// A name with a text.
    public struct Field: Equatable {
        /// The name.
        public let name: String
        /// The text.
        public let value: String
    }

    /// Why a run is not traced though a collector is named.
    public struct Problem: Error, Equatable {
        /// One line that names the variable, and never a value.
        public let message: String
    }

    /// Reads the variables.
    ///
    /// One that is empty counts as not set, and the one for traces before the one for everything.
    /// - Returns: nil where no trace is wanted.
    /// - Throws: For a value that cannot be used.
    public static func read(_ variables: [String: String]) throws(Problem) -> Self? {
        func value(_ name: String) -> (name: String, text: String)? {
            guard let text = variables[name]?.trimmed, !text.isEmpty else { return nil }
            return (name, text)
        }
        func exporter(_ name: String) -> (name: String, text: String)? {
            value("OTEL_EXPORTER_OTLP_TRACES_\(name)") ?? value("OTEL_EXPORTER_OTLP_\(name)")
        }
        guard value("OTEL_SDK_DISABLED")?.text.lowercased() != "true",
            value("OTEL_TRACES_EXPORTER")?.text.contains("otlp") ?? true,
            let endpoint = exporter("ENDPOINT")
        else { return nil }
        if let (name, text) = exporter("PROTOCOL"), text != "http/json", text != "http/protobuf" {
            throw Problem(
                message:
                    "\(name): only http/json is spoken; a collector takes it at its HTTP port, usually 4318"
            )
        }
        var settings = Self(url: try address(endpoint.text, endpoint.name))
        if let (name, text) = exporter("HEADERS") {
            settings.headers = try fields(text, name)
            let target = try? HTTPTarget(settings.url, allowsPlain: true)
            if target?.isInTheOpen == true {
                throw Problem(message: "\(name): headers go to another machine over https:// only")
            }
        }
        if let (name, text) = exporter("TIMEOUT") {
            guard let milliseconds = Int(text), (1...86_400_000).contains(milliseconds) else {
                throw Problem(message: "\(name) must be a number of milliseconds")
            }
            settings.timeout = .milliseconds(milliseconds)
        }
        settings.authorities = exporter("CERTIFICATE")?.text
        if let (name, text) = value("OTEL_RESOURCE_ATTRIBUTES") {
            settings.resource = try fields(text, name)
        }
        let service = value("OTEL_SERVICE_NAME")?.text
        let hasName = settings.resource.contains { $0.name == "service.name" }
        if let service {
            settings.resource.removeAll { $0.name == "service.name" }
            settings.resource.append(Field(name: "service.name", value: service))
        } else if !hasName {
            settings.resource.append(Field(name: "service.name", value: "vmoon"))
        }
        return settings
    }

    /// The variables that hold what a collector asks for, such as a key.
    public static let headerVariables = [
        "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    ]

    /// The address that traces are sent to: one for everything gets the path of traces.
    private static func address(_ text: String, _ name: String) throws(Problem) -> String {
        do throws(HTTPTarget.Problem) {
            let target = try HTTPTarget(text, allowsPlain: true)
            if name.contains("_TRACES_") { return target.url }
            let base = target.shown.hasSuffix("/") ? String(target.shown.dropLast()) : target.shown
            return base + "/v1/traces" + target.url.dropFirst(target.shown.count)
        } catch {
            throw Problem(message: "\(name): \(error.message)")
        }
    }

    /// Reads `name=value,name=value`; the values are percent-encoded.
    private static func fields(_ text: String, _ name: String) throws(Problem) -> [Field] {
        var fields: [Field] = []
        for part in text.split(separator: ",") where part.contains(where: { $0 != " " }) {
            let mark = part.firstIndex(of: "=")
            let key = mark.map { String(part[..<$0]).trimmed } ?? ""
            let value = mark.flatMap { Endpoint.decoded(part[$0...].dropFirst()) }
            guard !key.isEmpty, let value else {
                throw Problem(
                    message: "\(name) must be name=value,name=value, the values percent-encoded"
                )
            }
            fields.append(Field(name: key, value: value.trimmed))
        }
        return fields
    }
}
