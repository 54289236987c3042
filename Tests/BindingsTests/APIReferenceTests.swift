import APIIndex
import Testing

@testable import Bindings

/// The reference of the whole API, which is made from its index.
struct APIReferenceTests {
    @Test func `every operation is described, and every description ends`() throws {
        var longest = (lines: 0, name: "")
        for name in APIFacts.operationNames {
            let text = try #require(APIReference.text(name))
            let spec = try #require(FunctionSpec.api(name))
            let lines = text.split(separator: "\n").count
            if lines > longest.lines { longest = (lines, name) }
            let isWhole = spec.summary.hasSuffix(".") && spec.example.hasPrefix(spec.name)
            if !isWhole || !text.hasPrefix(spec.name) { Issue.record("\(text)") }
            #expect(spec.isChanging == (APIFacts.operation(name)?.isReading == false))
        }
        print("the longest description: \(longest)")
        #expect(longest.lines < 600)
    }

    @Test func `an operation is told with all that is known of it`() {
        let told = APIReference.text("api.vcenter.vm_template.library_items.check_outs.check_in")
        #expect(
            told == """
                api.vcenter.vm_template.library_items.check_outs.check_in{ … }
                  Changes something: check in of vcenter.vm_template.library_items.check_outs.

                Parameters
                  spec?: table (vcenter.vm_template.library_items.check_outs.check_in_spec)
                    message: string
                  template_library_item: identifier of content.library.Item
                  vm: identifier of VirtualMachine

                Returns
                  identifier of content.library.item.Version

                Errors
                  error, invalid_argument, not_allowed_in_current_state, not_found,
                  resource_inaccessible, unauthenticated, unauthorized

                Privileges
                  System.Read
                  System.Read on the VirtualMachine in vm
                  ContentLibrary.CheckInTemplate on the content.library.Item in template_library_item

                Example
                  api.vcenter.vm_template.library_items.check_outs.check_in{ template_library_item = "…", vm = "…" }

                Since vSphere API 6.9.1
                """
        )
    }

    @Test func `packages, services and structures have a text, and nothing else has`() throws {
        let service = try #require(APIReference.text("vcenter.network"))
        #expect(service == "api.vcenter.network\n  list      reads\n  projects  …")
        #expect(try #require(APIReference.text("api.cis")).contains("  tagging"))
        let filter = try #require(APIReference.text("vcenter.network.filter_spec"))
        #expect(filter.hasPrefix("vcenter.network.filter_spec: a structure\n  datacenters?: list"))
        #expect(APIReference.text("vapi.std.errors.not_found")?.contains("an error") == true)
        for name in [
            "", "api", "api.", "vcenter.nothing", "x", String(repeating: "a.", count: 200),
        ] {
            #expect(APIReference.text(name) == nil)
        }
    }
}
