import Testing

@testable import VSphere

@Suite struct EndpointParsingTests {
    @Test(
        arguments: [
            ("vc.example", "https://vc.example", nil, nil),
            ("VC.Example:8443", "https://vc.example:8443", nil, nil),
            ("https://vc.example/sdk", "https://vc.example", nil, nil),
            ("HTTPS://vc.example:443/sdk?x#y", "https://vc.example", nil, nil),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", nil, nil),
            ("vc.example/sdk", "https://vc.example", nil, nil),
            ("https://ann:s3@cret@vc.example", "https://vc.example", "ann", "s3@cret"),
            (
                "https://VSPHERE.LOCAL%5Cann:a%3Ab%2f@vc.example", "https://vc.example",
                #"VSPHERE.LOCAL\ann"#, "a:b/"
            ),
            ("ann@vsphere.local@vc.example:1", "https://vc.example:1", "ann@vsphere.local", nil),
            ("ann:@vc.example", "https://vc.example", "ann", nil),
            (" vc.example\n", "https://vc.example", nil, nil),
            ("u:p:q@vc", "https://vc", "u", "p:q"), ("u@corp:p@vc", "https://vc", "u@corp", "p"),
            ("https://u%40corp:p%25%3a@vc:8443/", "https://vc:8443", "u@corp", "p%:"),
            ("@vc.example", "https://vc.example", nil, nil),
            ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443", nil, nil),
            ("::1", "https://[::1]", nil, nil),
            ("[::1]", "https://[::1]", nil, nil),
            ("fe80:0:0:0:1:2:3:4", "https://[fe80:0:0:0:1:2:3:4]", nil, nil),
            ("::ffff:10.0.0.1", "https://[::ffff:10.0.0.1]", nil, nil),
            ("[1::]:8443", "https://[1::]:8443", nil, nil),
        ] as [(String, String, String?, String?)]
    )
    func `an address is taken apart`(text: String, url: String, user: String?, password: String?)
        throws
    {
        let parsed = try Endpoint.parse(text)
        #expect(parsed.endpoint.url == url)
        #expect(parsed.user == user)
        #expect(parsed.password?.reveal() == password)
    }

    @Test(arguments: [
        ("https://u:p@vc/sdk?a@b", "https://u@vc/sdk?a@b"), ("u:p@q@vc", "u@vc"),
        ("u@vc:443", "u@vc:443"), ("vc:443/x@y", "vc:443/x@y"), (":p@vc", "@vc"),
    ])
    func `an address is left without its password`(text: String, shown: String) {
        #expect(Endpoint.withoutPassword(text) == shown)
    }

    @Test(arguments: [
        ("", "it names no host"), ("https://", "it names no host"), (":443", "it names no host"),
        ("https:///sdk", "it names no host"), ("https://u:p@", "it names no host"),
        ("https://u:a#hidden@vc", "a # stands before its @, where it ends the host"),
        ("u#hidden@vc", "a # stands before its @, where it ends the host"),
        ("u:p@w#hidden@vc", "a # stands before its @, where it ends the host"),
        ("https://u:a/hidden@vc", "a / stands before its @, where it ends the host"),
        ("u:a?hidden@vc", "a ? stands before its @, where it ends the host"),
        ("ftp://vc", "its scheme is neither https nor http"),
        ("a:hidden://vc", "its scheme is neither https nor http"),
        ("vc hidden", "its host is no name and no address"),
        ("vc%20", "its host is no name and no address"),
        ("vc\u{1b}[2J", "its host is no name and no address"),
        ("vc:0", "its port is not a number from 1 to 65535"),
        ("vc:65536", "its port is not a number from 1 to 65535"),
        ("vc:", "its port is not a number from 1 to 65535"),
        ("vc:hidden", "its port is not a number from 1 to 65535"),
        ("https://ann:hidden/x@vc", "a / stands before its @, where it ends the host"),
        ("a:hidden:c", "it has more than one colon and is no IPv6 address"),
        (
            "https://me:hidden@127.0.0.1:36635:bad",
            "it has more than one colon and is no IPv6 address"
        ),
        ("1:2:3", "it has more than one colon and is no IPv6 address"),
        ("1::2::3", "it has more than one colon and is no IPv6 address"),
        (":::", "it has more than one colon and is no IPv6 address"),
        ("::12345", "it has more than one colon and is no IPv6 address"),
        ("1:2:3:4:5:6:7:8:9", "it has more than one colon and is no IPv6 address"),
        ("::10.0.0.256", "it has more than one colon and is no IPv6 address"),
        ("[1:2]", "no IPv6 address stands in its brackets"),
        ("[::1", "a bracket is not closed"), ("[::1]443", "only a port may follow its bracket"),
        ("[vc]", "no IPv6 address stands in its brackets"),
        ("ann:%zz@vc", "a % before its @ does not begin a percent-encoded character"),
        ("ann:%ff@vc", "a % before its @ does not begin a percent-encoded character"),
    ])
    func `what is no address says why, on one line, and shows none of it`(
        text: String,
        problem: String
    ) throws {
        let error = try #require(throws: Endpoint.ParsingError.self) { try Endpoint.parse(text) }
        #expect(error.reason == problem)
        #expect(!error.description.contains("hidden") && !error.description.contains("\u{1b}"))
    }
}
