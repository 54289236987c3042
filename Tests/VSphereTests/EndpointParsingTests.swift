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
            ("ann:@vc.example", "https://vc.example", "ann", ""),
            ("@vc.example", "https://vc.example", nil, nil),
            ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443", nil, nil),
            ("::1", "https://[::1]", nil, nil),
            ("[::1]", "https://[::1]", nil, nil),
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
        ("", "the host is missing"), ("https://", "the host is missing"),
        (":443", "the host is missing"),
        ("ftp://vc", #"the scheme "ftp" is not known; use https://"#),
        ("a:hidden://vc", "the scheme is not known; use https://"),
        ("vc example", #""vc example" is no host name"#),
        ("vc\u{1b}[2J", #""vc\x1B[2J" is no host name"#),
        ("vc:0", "the port is not a number from 1 to 65535"),
        ("vc:65536", "the port is not a number from 1 to 65535"),
        ("vc:", "the port is not a number from 1 to 65535"),
        ("vc:hidden", "the port is not a number from 1 to 65535"),
        ("https://ann:hidden/x@vc", "the port is not a number from 1 to 65535"),
        ("a:hidden:c", "neither a host and a port nor an IPv6 address"),
        ("[::1", #""]" is missing"#), ("[::1]443", #"only a port may follow "]""#),
        ("[vc]", "no IPv6 address stands in the brackets"),
        ("ann:%zz@vc", #"the part before "@" is not percent-encoded UTF-8"#),
        ("ann:%ff@vc", #"the part before "@" is not percent-encoded UTF-8"#),
    ])
    func `what is no address says why, on one line, without a password`(
        text: String,
        problem: String
    ) {
        let error = #expect(throws: Endpoint.ParsingError.self) { try Endpoint.parse(text) }
        #expect(error?.description == "not an address of a vCenter: " + problem)
    }
}
