using Leash.Plan;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Policy.Tests;

public sealed class BuiltInPolicyTests
{
    private static readonly CompileResult s_compiled = PolicyCompiler.Compile([BuiltInPolicies.Base, BuiltInPolicies.Standard], Facts);

    [Fact]
    public void BaseAndStandard_CompileWithoutComplaint()
    {
        Assert.DoesNotContain(s_compiled.Diagnostics, d => d.Severity != Cedar.Diagnostics.Severity.Hint);
        Assert.All(s_compiled.PolicySet!, policy =>
        {
            Assert.False(string.IsNullOrEmpty(policy.FindAnnotation("id")));
            Assert.False(string.IsNullOrEmpty(policy.FindAnnotation("reason")));
        });
    }

    [Theory]
    [InlineData(PlanAction.FileOpenReadOnly, "/usr/lib/x86_64-linux-gnu/libc.so.6", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/ld.so.cache", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/shadow", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/ssh/ssh_host_ed25519_key", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/ssh/ssh_host_ed25519_key.pub", true)]
    [InlineData(PlanAction.FileOpenReadWrite, "/etc/hosts", false)]
    [InlineData(PlanAction.FileOpenReadWrite, "/dev/null", true)]
    [InlineData(PlanAction.FileTruncate, "/dev/null", true)]
    [InlineData(PlanAction.FileDelete, "/dev/null", false)]
    [InlineData(PlanAction.FileMetadata, "/dev/pts/3", true)]
    [InlineData(PlanAction.FileMetadata, "/dev/null", false)]
    [InlineData(PlanAction.FileCreate, "/dev/shm/sem.x", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/proc/12/maps", true)]
    [InlineData(PlanAction.FileOpenReadWrite, "/proc/12/oom_score_adj", true)]
    [InlineData(PlanAction.FileOpenReadWrite, "/proc/sys/kernel/core_pattern", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/proc/kcore", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/home/alice", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/home/alice/letters.txt", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/home/alice/.ssh/id_ed25519", false)]
    [InlineData(PlanAction.FileOpenReadWrite, "/home/alice/.bashrc", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/home/alice/.bashrc", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/home/alice/.npmrc", false)]
    [InlineData(PlanAction.FileCreate, "/home/alice/.npm/_cacache/x", true)]
    [InlineData(PlanAction.FileCreate, "/home/alice/.claude.json.tmp.12", true)]
    [InlineData(PlanAction.FileOpenReadWrite, "/home/alice/.claude/settings.json", false)]
    [InlineData(PlanAction.FileCreate, "/home/alice/.dotnet/8.0.1.dotnetFirstUseSentinel", true)]
    [InlineData(PlanAction.FileOpenReadWrite, "/home/alice/.dotnet/tools/x", false)]
    [InlineData(PlanAction.FileOpenReadWrite, "/srv/app/src/a.c", true)]
    [InlineData(PlanAction.FileCreate, "/srv/app/.git/hooks/pre-commit", false)]
    [InlineData(PlanAction.FileCreate, "/srv/app/.git/hooks/pre-commit.sample", true)]
    [InlineData(PlanAction.DirCreate, "/srv/app/.git/hooks", true)]
    [InlineData(PlanAction.FileCreate, "/srv/app/.git/hooks", false)]
    [InlineData(PlanAction.FileOpenReadWrite, "/srv/app/.git/config", true)]
    [InlineData(PlanAction.FileCreate, "/tmp/r/.git/hooks/post-checkout", false)]
    [InlineData(PlanAction.FileCreate, "/srv/app/.github/workflows/ci.yml", false)]
    [InlineData(PlanAction.FileCreate, "/srv/app/node_modules/x/.github/workflows/ci.yml", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/srv/app/.env", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/home/alice/other/.env", false)]
    [InlineData(PlanAction.FileOpenReadWrite, "/srv/app-secrets/x", false)]
    [InlineData(PlanAction.UnixConnect, "/run/docker.sock", false)]
    [InlineData(PlanAction.UnixConnect, "/srv/app/docker.sock", false)]
    [InlineData(PlanAction.UnixConnect, "/srv/app/dev.sock", true)]
    [InlineData(PlanAction.UnixConnect, "/tmp/ssh-abc/agent.1", false)]
    [InlineData(PlanAction.UnixConnect, "/tmp/dotnet-diagnostic-1", true)]
    [InlineData(PlanAction.UnixConnect, "@/tmp/.X11-unix/X0", false)]
    public void Standard_DecidesPaths(PlanAction action, string path, bool allowed) =>
        Assert.Equal(allowed, Allows(s_compiled, File(action, path)));

    [Theory]
    [InlineData("/usr/bin/git", true)]
    [InlineData("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", false)]
    [InlineData("/srv/app/run.sh", true)]
    [InlineData("/home/alice/.pyenv/shims/python3", true)]
    [InlineData("/home/alice/Downloads/tool", false)]
    [InlineData("/dev/shm/x", false)]
    public void Standard_DecidesExecs(string path, bool allowed) => Assert.Equal(allowed, Allows(s_compiled, Exec(path)));

    [Theory]
    [InlineData(null, "127.0.0.1", 5432, true)]
    [InlineData("localhost", "::1", 3000, true)]
    [InlineData(null, "::ffff:127.0.0.1", 3000, true)]
    [InlineData(null, "0.0.0.0", 3000, true)]
    [InlineData(null, "127.0.0.1", 18080, false)]
    [InlineData(null, "169.254.169.254", 80, false)]
    [InlineData("github.com", "169.254.169.254", 443, false)]
    [InlineData("registry.npmjs.org", "104.16.0.1", 443, true)]
    [InlineData("registry.npmjs.org", "104.16.0.1", 25, false)]
    [InlineData("raw.githubusercontent.com", "1.2.3.4", 443, true)]
    [InlineData("example.com", "1.2.3.4", 443, false)]
    [InlineData(null, "1.2.3.4", 443, false)]
    [InlineData(null, "10.0.0.1", 22, false)]
    public void Standard_DecidesConnections(string? name, string address, int port, bool allowed) =>
        Assert.Equal(allowed, Allows(s_compiled, Connect(name, address, port)));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("::1", true)]
    public void Standard_ListensOnThisMachineOnly(string address, bool allowed) =>
        Assert.Equal(allowed, Allows(s_compiled, Connect(null, address, 3000, action: PlanAction.NetworkListen)));

    [Theory]
    [InlineData("registry.npmjs.org", true)]
    [InlineData("objects.githubusercontent.com", true)]
    [InlineData("secret-bytes.attacker.example", false)]
    [InlineData("metadata.google.internal", false)]
    public void Standard_AnswersQueriesForPermittedNames(string name, bool allowed)
    {
        var decider = new PlanDecider(s_compiled.Plan!);
        Assert.Equal(allowed, decider.DecideDns(decider.InitialPrincipal, name, "A").Allowed);
    }
}
