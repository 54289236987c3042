import Testing
import Transport
import VSphere

@testable import Shell

struct GovcTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var title: String
        var arguments: [String] = []
        var environment: [String: String]
        var url = "https://vc"
        var user = ""
        var password: String?
        var trust = Trust()
        var warnings: [String] = []
        var testDescription: String { title }
    }

    static let insecure = ["the certificate of vc is not verified (--insecure)"]

    static let cases: [Case] = [
        Case(
            title: "a bare host with credentials",
            environment: ["GOVC_URL": "root:s3@vc"],
            user: "root",
            password: "s3"
        ),
        Case(
            title: "a URL with its path",
            environment: ["GOVC_URL": "https://u:p@vc:444/sdk"],
            url: "https://vc:444",
            user: "u",
            password: "p"
        ),
        Case(
            title: "GOVC_USERNAME and GOVC_PASSWORD beat the URL",
            environment: ["GOVC_URL": "u:p@vc", "GOVC_USERNAME": "bob", "GOVC_PASSWORD": "b"],
            user: "bob",
            password: "b"
        ),
        Case(
            title: "GOVC_PASSWORD with the user of the URL",
            environment: ["GOVC_URL": "u:p@vc", "GOVC_PASSWORD": "b"],
            user: "u",
            password: "b"
        ),
        Case(
            title: "values that name a file are read from it, without white space",
            environment: ["GOVC_URL": "vc", "GOVC_USERNAME": "/gu", "GOVC_PASSWORD": "/gp"],
            user: "filed",
            password: "deep secret"
        ),
        Case(
            title: "GOVC_INSECURE=1",
            environment: ["GOVC_URL": "vc", "GOVC_INSECURE": "1"],
            trust: Trust(.unverified),
            warnings: insecure
        ),
        Case(
            title: "GOVC_INSECURE=True",
            environment: ["GOVC_URL": "vc", "GOVC_INSECURE": "True"],
            trust: Trust(.unverified),
            warnings: insecure
        ),
        Case(
            title: "GOVC_INSECURE=yes is off",
            environment: ["GOVC_URL": "vc", "GOVC_INSECURE": "yes"]
        ),
        Case(
            title: "several authorities",
            environment: ["GOVC_URL": "vc", "GOVC_TLS_CA_CERTS": "/a.pem:/b.pem"],
            trust: Trust(.files(["/a.pem", "/b.pem"]))
        ),
        Case(
            title: "known hosts are not used, and that is said",
            environment: ["GOVC_URL": "vc", "GOVC_TLS_KNOWN_HOSTS": "/k"],
            warnings: ["GOVC_TLS_KNOWN_HOSTS is not used; --pin trusts a server by its key"]
        ),
        Case(
            title: "VMOON_USER beats GOVC_USERNAME",
            environment: ["GOVC_URL": "vc", "GOVC_USERNAME": "g", "VMOON_USER": "v"],
            user: "v"
        ),
        Case(
            title: "VMOON_PASSWORD beats GOVC_PASSWORD",
            environment: ["GOVC_URL": "u@vc", "GOVC_PASSWORD": "g", "VMOON_PASSWORD": "v"],
            user: "u",
            password: "v"
        ),
        // GOVC_* counts only where GOVC_URL supplied the vCenter.
        Case(
            title: "nothing of govc's goes to the vCenter of an option",
            arguments: ["--vcenter", "vc"],
            environment: [
                "GOVC_URL": "u:p@other", "GOVC_USERNAME": "g", "GOVC_PASSWORD": "gp",
                "GOVC_INSECURE": "1", "GOVC_TLS_CA_CERTS": "/a", "GOVC_TLS_KNOWN_HOSTS": "/k",
            ]
        ),
        Case(
            title: "nor to that of VMOON_VCENTER",
            environment: ["VMOON_VCENTER": "vc", "GOVC_URL": "other", "GOVC_USERNAME": "g"]
        ),
        Case(
            title: "without GOVC_URL the others count for nothing",
            arguments: ["--vcenter", "vc"],
            environment: ["GOVC_USERNAME": "g", "GOVC_INSECURE": "1"]
        ),
    ]

    @Test(arguments: cases)
    func `GOVC_ variables are read as govc reads them`(_ row: Case) throws {
        let fake = FakeWorld(files: [
            "/gu": .init(text: " filed\n"), "/gp": .init(text: "\tdeep secret \n"),
        ])
        let result = try resolve(row.arguments, row.environment, fake: fake)
        #expect(result.profile.endpoint.url == row.url)
        #expect(result.profile.user == row.user)
        #expect(result.profile.trust == row.trust)
        #expect(result.warnings == row.warnings)
        if let password = row.password {
            #expect(try result.profile.password().get() == Secret(password))
        } else {
            #expect(throws: ConnectionProfile.PasswordFailure.self) {
                try result.profile.password().get()
            }
        }
    }

    @Test func `a file that may not be read is an error, and its name is not shown`() throws {
        let fake = FakeWorld(files: ["/gp": .init(error: 13)])
        let environment = ["GOVC_URL": "u@vc", "GOVC_PASSWORD": "/gp"]
        let result = try resolve([], environment, fake: fake).profile.password()
        let failure = #expect(throws: ConnectionProfile.PasswordFailure.self) { try result.get() }
        #expect(failure?.message.contains("/gp") == false)
    }
}
