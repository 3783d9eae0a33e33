using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Tests.Harness;

namespace Leash.Enforcement.Tests.Files;

public sealed class FileEnforcementTests
{
    private const string ReadOk = """permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"${workspace}/ok");""";
    private const string OkOnly = """permit (principal, action == Action::"FileOpen", resource in Dir::"${workspace}/ok");""";

    [Theory]
    [InlineData("open @{0}/f r")]
    [InlineData("open @{0}/f w")]
    [InlineData("open @{0}/f +")]
    [InlineData("open @{0}/f wt")]
    [InlineData("open @{0}/new wc")]
    [InlineData("open @{0} T+")]
    [InlineData("creat @{0}/new")]
    [InlineData("openat2 @{0}/f 0")]
    [InlineData("reopen @{0}/f r")]
    [InlineData("reopen @{0}/f w")]
    [InlineData("unlink @{0}/f")]
    [InlineData("mkdir @{0}/new")]
    [InlineData("rmdir @{0}/empty")]
    [InlineData("mkfifo @{0}/new")]
    [InlineData("symlink x @{0}/new")]
    [InlineData("link @{0}/f @{0}/new")]
    [InlineData("rename @{0}/f @{0}/new")]
    [InlineData("rename @{0}/tree @{0}/new")]
    [InlineData("exchange @{0}/f @{0}/tree/g")]
    [InlineData("truncate @{0}/f")]
    [InlineData("chmod @{0}/f 600")]
    [InlineData("chown @{0}/f")]
    [InlineData("utime @{0}/f")]
    [InlineData("setxattr @{0}/f")]
    public void Operation_DependsOnDirectory(string operation)
    {
        using Probe probe = Make(OkOnly);
        string[] results = probe.RunAll(string.Format(null, operation, "ok"), string.Format(null, operation, "no"));
        Assert.True(results is ["0", "EACCES"], string.Join(' ', results) + "\n" + string.Join('\n', probe.Last!.Records));
        Assert.Contains(probe.Last!.Denials, record => record.Contains("/no", StringComparison.Ordinal) && record.Contains("no_permit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("write", "open @ok/f w")]
    [InlineData("create", "open @ok/new wc")]
    [InlineData("truncating read", "open @ok/f rt")]
    [InlineData("reopen for writing", "reopen @ok/f w")]
    [InlineData("unlink", "unlink @ok/f")]
    [InlineData("chmod by descriptor", "fchmod @ok/f 600")]
    public void ReadPermit_DoesNotWrite(string label, string operation)
    {
        using Probe probe = Make(ReadOk);
        string[] results = probe.RunAll("open @ok/f r", operation);
        Assert.True(results is ["0", "EACCES"], label + ": " + string.Join(' ', results));
    }

    [Theory]
    [InlineData("symbolic link to the file", "open @ok/link r")]
    [InlineData("symbolic link to the directory", "open @ok/dirlink/f r")]
    [InlineData("dot dot", "open @ok/../no/f r")]
    [InlineData("double slash", "open @ok//../no//f r")]
    [InlineData("root of a process", "open /proc/self/root@no/f r")]
    [InlineData("working directory of a process", "open /proc/self/cwd/no/f r")]
    [InlineData("prefix twin", "open @ok-twin/f r")]
    [InlineData("hard link made from it", "link @no/f @ok/stolen")]
    [InlineData("rename out of it", "rename @no/f @ok/stolen")]
    [InlineData("exchange with it", "exchange @no/f @ok/f")]
    [InlineData("dangling link", "open @ok/dangling wc")]
    [InlineData("directory moved onto a permitted name", "rename @no/tree @ok/moved")]
    [InlineData("openat2", "openat2 @ok/link 0")]
    public void OtherName_IsTheSameFile(string label, string operation)
    {
        using Probe probe = Make(OkOnly);
        Assert.True(probe.Run(operation.Replace("root@", "root" + probe.Workspace + "/", StringComparison.Ordinal)) == "EACCES", label);
    }

    [Fact]
    public void ForbiddenName_CannotBeMovedInByItsDirectory()
    {
        using Probe probe = Make(OkOnly + """
            forbid (principal, action, resource in Dir::"${workspace}/ok/repo/.git/hooks");
            """);
        Directory.CreateDirectory(probe.At("ok/staged/hooks"));
        File.WriteAllText(probe.At("ok/staged/hooks/pre-commit"), "x");
        Directory.CreateDirectory(probe.At("ok/repo"));
        string[] results = probe.RunAll("rename @ok/staged @ok/repo/.git", "rename @ok/tree @ok/repo/tree");
        Assert.Equal(["EACCES", "0"], results);
        Assert.Contains(probe.Last!.Denials, record => record.Contains("/ok/repo/.git/hooks", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing", "open @ok/none r", "ENOENT")]
    [InlineData("missing directory", "open @ok/none/x wc", "ENOENT")]
    [InlineData("file as directory", "open @ok/f/x r", "ENOTDIR")]
    [InlineData("directory for writing", "open @ok/tree w", "EISDIR")]
    [InlineData("exclusive", "open @ok/f wcx", "EEXIST")]
    [InlineData("not following", "open @ok/oklink rn", "ELOOP")]
    [InlineData("directory wanted", "open @ok/f rd", "ENOTDIR")]
    [InlineData("loop", "open @ok/loop r", "ELOOP")]
    [InlineData("mkdir twice", "mkdir @ok/tree", "EEXIST")]
    [InlineData("rmdir of a full one", "rmdir @ok/tree", "ENOTEMPTY")]
    [InlineData("unlink of a directory", "unlink @ok/tree", "EISDIR")]
    [InlineData("rename of nothing", "rename @ok/none @ok/x", "ENOENT")]
    [InlineData("link over a file", "link @ok/f @ok/tree/g", "EEXIST")]
    [InlineData("xattr that is not there", "removexattr @ok/f", "ENODATA")]
    [InlineData("openat2 without links", "openat2 @ok/oklink 4", "ELOOP")]
    [InlineData("openat2 with unknown flags", "openat2 @ok/f 0x1000", "EINVAL")]
    [InlineData("through a permitted link", "open @ok/oklink r", "0")]
    [InlineData("creation through a dangling link", "open @ok/okdangling wc", "0")]
    [InlineData("path only", "open @no/f rp", "0")]
    public void Errors_AreLinuxs(string label, string operation, string expected)
    {
        using Probe probe = Make(OkOnly);
        string actual = probe.Run(operation);
        Assert.True(expected == actual, $"{label}: {actual}");
    }

    [Theory]
    [InlineData("block device", "mkblk @ok/b", "EPERM")]
    [InlineData("set-id bit", "chmod @ok/f 4755", "EPERM")]
    [InlineData("leash's own file", "open @ok/own/log r", "EACCES")]
    [InlineData("leash's own file in record mode too", "unlink @ok/own/log", "EACCES")]
    public void Structural_IsDeniedInEveryMode(string label, string operation, string expected)
    {
        foreach (EnforcementMode mode in new[] { EnforcementMode.Enforce, EnforcementMode.Shadow, EnforcementMode.Record })
        {
            using Probe probe = Make("permit (principal, action, resource);", mode, "ok/own");
            Assert.True(probe.Run(operation) == expected, $"{label} in {mode}");
            Assert.Contains(probe.Last!.Denials, record => record.Contains("structural", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Shadow_RecordsAndAllows()
    {
        using Probe probe = Make(OkOnly, EnforcementMode.Shadow);
        Assert.Equal("0", probe.Run("open @no/f w"));
        Assert.Contains(probe.Last!.Records, record => record.StartsWith("would_deny FileOpenReadWrite", StringComparison.Ordinal));
    }

    [Fact]
    public void NewFile_GetsTheCallersMask()
    {
        using Probe probe = Make(OkOnly);
        Assert.Equal("0", probe.Run("open @ok/new wc"));
        Assert.Equal(Convert.ToInt32("644", 8), (int)File.GetUnixFileMode(probe.At("ok/new")));
    }

    [Fact]
    public void NameWithNewlineAndInvalidUtf8_IsDecidedAsItIs()
    {
        using Probe probe = Make(OkOnly);
        Assert.Equal(["0", "EACCES"], probe.RunAll("open @ok/a\nb wc", "open @no/a\nb wc"));
    }

    private static Probe Make(string policy, EnforcementMode mode = EnforcementMode.Enforce, string? own = null)
    {
        string[] files = ["ok/f", "ok/tree/g", "no/f", "no/tree/g", "ok-twin/f", "ok/own/log"];
        Probe probe = new(files) { Policy = policy, Mode = mode, ProtectedDirectory = own };
        Directory.CreateDirectory(probe.At("ok/empty"));
        Directory.CreateDirectory(probe.At("no/empty"));
        File.CreateSymbolicLink(probe.At("ok/link"), probe.At("no/f"));
        File.CreateSymbolicLink(probe.At("ok/dirlink"), "../no");
        File.CreateSymbolicLink(probe.At("ok/dangling"), "../no/made");
        File.CreateSymbolicLink(probe.At("ok/oklink"), "f");
        File.CreateSymbolicLink(probe.At("ok/okdangling"), "made");
        File.CreateSymbolicLink(probe.At("ok/loop"), "loop");
        return probe;
    }
}
