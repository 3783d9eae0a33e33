using System.Net;
using System.Text;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Plan;
using Leash.Policy;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Bpf.Tests.Plans;

/// <summary>The gateway decides by the class that the kernel has for a process: it has to mean the same there.</summary>
public class KernelPrincipalsTests
{
    private const string Text = """
        permit (principal, action in [Action::"FileOpen", Action::"ProcessExec"], resource);
        permit (principal, action == Action::"NetworkConnect", resource) when { principal.exe == "/usr/bin/git" || principal.exe == "/usr/bin/curl" };
        permit (principal, action == Action::"HttpRequest", resource) when { principal.exe == "/usr/bin/git" || context.path == "/all" };
        forbid (principal, action == Action::"HttpRequest", resource) when { principal.lineage.contains("/usr/bin/make") && context.path like "/no/*" };
        forbid (principal, action == Action::"FileOpen", resource) when { principal.exe like "/opt/*" };
        """;

    private static readonly string[][] s_lineages =
    [
        [], ["/usr/bin/git"], ["/usr/bin/curl"], ["/usr/bin/make", "/usr/bin/git"], ["/usr/bin/git", "/usr/bin/make"], ["/opt/x", "/usr/bin/curl"],
        ["/usr/bin/make", "/bin/sh", "/usr/bin/curl"], ["/opt/x"],
    ];

    [Fact]
    public void ClassesOfTheKernel_DecideAsTheirProcesses()
    {
        EnforcementPlan plan = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.BaseLayer, "test.cedar", Text)], Facts).Plan!;
        KernelPlan kernel = KernelPlanCompiler.Compile(plan, 1, []).Plan!;
        KernelPlanReader reader = new(kernel.Bytes);
        PlanDecider decider = new(plan);
        Endpoint endpoint = new(IPAddress.Parse("203.0.113.1"), 443, TransportProtocol.Tcp, ["h.example"]);
        HashSet<bool> verdicts = [];
        foreach (string[] lineage in s_lineages)
        {
            uint inKernel = reader.InitialPrincipal;
            int own = decider.InitialPrincipal;
            foreach (string exe in lineage)
            {
                inKernel = reader.Move(inKernel, Encoding.UTF8.GetBytes(exe), default);
                own = decider.MovePrincipal(own, Encoding.UTF8.GetBytes(exe), default);
            }

            int translated = kernel.Principals.In(decider, inKernel);
            Assert.Equal(decider.DecideEndpoint(own, endpoint, PlanAction.NetworkConnect), decider.DecideEndpoint(translated, endpoint, PlanAction.NetworkConnect));
            foreach (string path in new[] { "/", "/all", "/no/x" })
            {
                HttpMessage message = new("GET", path, "", "https", []);
                Verdict verdict = decider.DecideHttp(own, endpoint, message);
                Assert.Equal(verdict, decider.DecideHttp(translated, endpoint, message));
                verdicts.Add(verdict.Allowed);
            }
        }

        Assert.Equal(2, verdicts.Count);
        Assert.Equal(PlanDecider.DeniedPrincipal, kernel.Principals.In(decider, PlanAbi.NoPrincipal));
        Assert.Equal(PlanDecider.DeniedPrincipal, kernel.Principals.In(decider, (uint)kernel.PrincipalCount));
    }
}
