import Testing
import VSphere

@testable import Shell

@Suite struct EnvironmentProxyTests {
    typealias Row = (url: String, environment: [String: String], proxy: String?)

    static let rows: [Row] = [
        ("https://vc.lab", [:], nil),
        ("https://vc.lab", ["https_proxy": "http://p:3128"], "https_proxy p:3128"),
        ("https://vc.lab", ["HTTPS_PROXY": "http://me:pw@p:3128/"], "HTTPS_PROXY p:3128"),
        ("https://vc.lab", ["https_proxy": "a:1", "HTTPS_PROXY": "b:1"], "https_proxy a:1"),
        ("https://vc.lab", ["https_proxy": "", "ALL_PROXY": "b:1"], nil),
        ("https://vc.lab", ["http_proxy": "a:1", "all_proxy": "b:1"], "all_proxy b:1"),
        ("http://vc.lab", ["http_proxy": "a:1"], "http_proxy a:1"),
        ("http://vc.lab", ["HTTP_PROXY": "a:1"], nil),
        ("https://127.0.0.1", ["https_proxy": "a:1"], nil),
        ("https://vc.lab", ["https_proxy": "a:1", "no_proxy": "x, .lab"], nil),
        ("https://vc.lab", ["https_proxy": "a:1", "NO_PROXY": "vc.lab."], nil),
        ("https://vc.lab", ["https_proxy": "a:1", "NO_PROXY": "c.lab"], "https_proxy a:1"),
        ("https://vc.lab", ["https_proxy": "a:1", "NO_PROXY": "10.0.0.0/8"], "https_proxy a:1"),
        ("https://10.1.1.1", ["https_proxy": "a:1", "NO_PROXY": "10.0.0.0/8"], nil),
        ("https://vc.lab", ["https_proxy": "a:1", "NO_PROXY": "*"], nil),
    ]

    @Test(arguments: rows)
    func `the proxy is the one that libcurl takes, without its password`(_ row: Row) throws {
        let endpoint = try Endpoint.parse(row.url).endpoint
        let found = EnvironmentProxy.find(for: endpoint, in: row.environment)
        #expect(found.map { "\($0.variable) \($0.address)" } == row.proxy)
    }
}
