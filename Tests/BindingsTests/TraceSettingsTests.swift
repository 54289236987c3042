import Testing

@testable import Bindings

@Suite struct TraceSettingsTests {
    private static let endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

    private static func read(_ variables: [String: String]) -> Result<
        TraceSettings?, TraceSettings.Problem
    > {
        do throws(TraceSettings.Problem) {
            return .success(try TraceSettings.read(variables))
        } catch {
            return .failure(error)
        }
    }

    /// The variables, and the address that traces go to; nil where none are sent.
    static let addresses: [(variables: [String: String], url: String?)] = [
        ([:], nil),
        ([endpoint: ""], nil),
        ([endpoint: "http://localhost:4318"], "http://localhost:4318/v1/traces"),
        ([endpoint: "http://localhost:4318/"], "http://localhost:4318/v1/traces"),
        ([endpoint: " https://otel.example/in?k=1 "], "https://otel.example/in/v1/traces?k=1"),
        ([endpoint: "http://collector:4318"], "http://collector:4318/v1/traces"),
        (
            [endpoint: "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://b/mine"],
            "https://b/mine"
        ),
        ([endpoint: "http://a", "OTEL_SDK_DISABLED": "True"], nil),
        ([endpoint: "http://a", "OTEL_SDK_DISABLED": "no"], "http://a/v1/traces"),
        ([endpoint: "http://a", "OTEL_TRACES_EXPORTER": "none"], nil),
        ([endpoint: "http://a", "OTEL_TRACES_EXPORTER": "console,otlp"], "http://a/v1/traces"),
        (
            [endpoint: "http://a", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"],
            "http://a/v1/traces"
        ),
    ]

    @Test(arguments: addresses.indices)
    func `the address follows from the variables`(_ row: Int) throws {
        let (variables, url) = Self.addresses[row]
        #expect(try Self.read(variables).get()?.url == url)
    }

    /// What cannot be used, and what is said of it.
    static let problems: [(name: String, value: String, message: String)] = [
        (endpoint, "localhost:4318", "\(endpoint): url must begin with https://"),
        (
            endpoint, "http://u:p@a",
            "\(endpoint): url must not hold a user or a password; use a header"
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
            "OTEL_EXPORTER_OTLP_PROTOCOL: only http/json is spoken; a collector takes it at its HTTP port, usually 4318"
        ),
        (
            "OTEL_EXPORTER_OTLP_HEADERS", "secret",
            "OTEL_EXPORTER_OTLP_HEADERS must be name=value,name=value, the values percent-encoded"
        ),
        (
            "OTEL_EXPORTER_OTLP_HEADERS", "k=%2",
            "OTEL_EXPORTER_OTLP_HEADERS must be name=value,name=value, the values percent-encoded"
        ),
        (
            "OTEL_EXPORTER_OTLP_HEADERS", "k=v",
            "OTEL_EXPORTER_OTLP_HEADERS: headers go to another machine over https:// only"
        ),
        (
            "OTEL_EXPORTER_OTLP_TIMEOUT", "10s",
            "OTEL_EXPORTER_OTLP_TIMEOUT must be a number of milliseconds"
        ),
        (
            "OTEL_EXPORTER_OTLP_TIMEOUT", "0",
            "OTEL_EXPORTER_OTLP_TIMEOUT must be a number of milliseconds"
        ),
        (
            "OTEL_RESOURCE_ATTRIBUTES", "=x",
            "OTEL_RESOURCE_ATTRIBUTES must be name=value,name=value, the values percent-encoded"
        ),
    ]

    @Test(arguments: problems.indices)
    func `what cannot be used is told by its name alone`(_ row: Int) {
        let (name, value, message) = Self.problems[row]
        var variables = [Self.endpoint: "http://collector"]
        variables[name] = value
        #expect(Self.read(variables) == .failure(.init(message: message)))
    }

    @Test func `headers, limits and descriptions are read`() throws {
        let settings = try #require(
            try Self.read([
                Self.endpoint: "https://collector",
                "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=a%20b, tenant=7",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "250",
                "OTEL_EXPORTER_OTLP_CERTIFICATE": "/etc/ca.pem",
                "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=prod,service.name=other",
                "OTEL_SERVICE_NAME": "nightly",
            ]).get()
        )
        #expect(
            settings.headers.map { [$0.name, $0.value] } == [["X-Key", "a b"], ["tenant", "7"]]
        )
        #expect(settings.timeout == .milliseconds(250))
        #expect(settings.authorities == "/etc/ca.pem")
        #expect(
            settings.resource.map { [$0.name, $0.value] } == [
                ["deployment.environment", "prod"], ["service.name", "nightly"],
            ]
        )
        let plain = try Self.read([Self.endpoint: "https://collector"]).get()
        #expect(plain?.resource.map { [$0.name, $0.value] } == [["service.name", "vmoon"]])
        let traces = try Self.read([
            Self.endpoint: "https://collector", "OTEL_EXPORTER_OTLP_TIMEOUT": "250",
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "500",
        ]).get()
        #expect(traces?.timeout == .milliseconds(500))
    }
}
