using System.Text;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Plan;
using Leash.Policy;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Kernel.Tests.Decisions;

/// <summary>Paths at the edges of what a path can be.</summary>
public sealed class PathTests : IDisposable
{
    private const PlanActionMask Read = PlanActionMask.FileOpenReadOnly;
    private static readonly string s_deepest = string.Concat(Enumerable.Repeat("/a", PlanAbi.PathMax / 2));
    private static readonly string s_longName = new('n', PlanAbi.NameMax);
    private readonly DecisionProbe _probe = new();

    public void Dispose() => _probe.Dispose();

    /// <summary>By literals alone, by a pattern alone, by the name alone, and by the path's end.</summary>
    public static TheoryData<string> Policies => new(
        """permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"/");""",
        """permit (principal, action == Action::"FileOpenReadOnly", resource) when { resource.path like "/*" };""",
        """permit (principal, action == Action::"FileOpenReadOnly", resource) unless { resource.name == "no" };""",
        """permit (principal, action == Action::"FileOpenReadOnly", resource) unless { resource.path like "*/no" || resource.name like "*.no" };""");

    [Theory]
    [MemberData(nameof(Policies))]
    public void EveryCanonicalPath_IsDecided(string policy)
    {
        SetPlan(policy);

        foreach (var path in Canonical())
        {
            Assert.Equal(EventReason.Permit, _probe.Ask(path, Read).Reason);
        }
    }

    [Fact]
    public void WhatIsNoPath_IsDenied()
    {
        SetPlan("""permit (principal, action, resource in Dir::"/");""");

        Assert.Equal(EventReason.NoPlan, _probe.Ask(""u8, Read).Reason);
        Assert.Equal(EventReason.NoPlan, _probe.Ask("//"u8, Read).Reason);
        Assert.Equal(EventReason.NoPlan, _probe.Ask("//a"u8, Read).Reason);
        Assert.Equal(EventReason.NoPermit, _probe.Ask("a/b"u8, Read).Reason);
        Assert.Equal(EventReason.NoPlan, _probe.Ask(Bytes("/" + s_longName + "n"), Read).Reason);
        Assert.Equal(EventReason.NoPlan, _probe.Ask(Bytes("/" + string.Concat(Enumerable.Repeat("a/", PlanAbi.PathMax / 2))), Read).Reason);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(8191, 1)]
    [InlineData(4096, 4097)]
    [InlineData(8190, int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(100, -1)]
    public void HeadersThatLeaveTheBuffer_AreDenied(int start, int length)
    {
        SetPlan("""permit (principal, action, resource in Dir::"/");""");

        _probe.SetPath("/a"u8, start, length, start);

        Assert.Equal((EventReason.NoPlan, Read), (_probe.Ask(Read).Reason, _probe.Ask(Read).Missing));
    }

    [Fact]
    public void Literals_EndWhereTheyEnd()
    {
        var deep = s_deepest[..64];
        SetPlan($$"""
            permit (principal, action, resource in Dir::"{{deep}}");
            permit (principal, action, resource == File::"/x/{{s_longName}}");
            forbid (principal, action, resource in Dir::"/x/12345678");
            permit (principal, action, resource in Dir::"/x");
            """);

        Assert.Equal(EventReason.Permit, _probe.Ask(Bytes(s_deepest), Read).Reason);
        Assert.Equal(EventReason.Permit, _probe.Ask(Bytes(deep + "/b"), Read).Reason);
        Assert.Equal(EventReason.NoPermit, _probe.Ask(Bytes(deep + "b"), Read).Reason);
        Assert.Equal(EventReason.NoPermit, _probe.Ask(Bytes(deep[..^2]), Read).Reason);
        Assert.Equal(EventReason.Permit, _probe.Ask(Bytes("/x/" + s_longName), Read).Reason);
        Assert.Equal(EventReason.Forbid, _probe.Ask("/x/12345678"u8, Read).Reason);
        Assert.Equal(EventReason.Forbid, _probe.Ask("/x/12345678/y"u8, Read).Reason);
        Assert.Equal(EventReason.Permit, _probe.Ask("/x/123456789"u8, Read).Reason);
        Assert.Equal(EventReason.Permit, _probe.Ask("/x/1234567"u8, Read).Reason);
    }

    [Fact]
    public void Suffixes_AreReadFromTheEnd()
    {
        SetPlan("""
            permit (principal, action == Action::"FileOpenReadOnly", resource) when { resource.path like "*.env" || resource.path like "*/key" || resource.name like "*é\*" };
            permit (principal, action == Action::"FileOpenReadOnly", resource) when { resource.path like "*12345678901234567890.long" };
            """);
        string[] allowed = ["/.env", "/x/.env", "/x.env", s_deepest[..4000] + "/x.env", "/key", "/x/key", "/é*", "/x/yé*", "@.env", "@x/key", "@x/y.env", "/12345678901234567890.long"];
        string[] denied = ["/", "/env", "/.env/x", "/x.env2", "/xkey", "/key/x", "/é", "/é*/x", "@key", "@", "/nv", "/2345678901234567890.long", s_deepest];

        Assert.All(allowed, path => Assert.Equal((path, EventReason.Permit), (path, _probe.Ask(Bytes(path), Read).Reason)));
        Assert.All(denied, path => Assert.Equal((path, EventReason.NoPermit), (path, _probe.Ask(Bytes(path), Read).Reason)));
        Assert.Equal(EventReason.Permit, _probe.Ask([(byte)'/', 0xff, 0xc3, 0xc3, 0xa9, (byte)'*'], Read).Reason);
        Assert.Equal(EventReason.NoPermit, _probe.Ask([(byte)'/', 0xff, 0xa9, (byte)'*'], Read).Reason);

        // Of a path at the very start of the buffer, here two zeros, nothing before it is read.
        _probe.SetPath("/a"u8, 0, 2, 0);
        Assert.Equal(EventReason.NoPermit, _probe.Ask(Read).Reason);
    }

    [Fact]
    public void ForeignActionsAndPrincipals_AreDenied()
    {
        SetPlan("""permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"/");""");

        var both = _probe.Ask("/a"u8, Read | PlanActionMask.FileDelete);

        Assert.Equal((EventReason.NoPermit, PlanActionMask.FileDelete), (both.Reason, both.Missing));
        Assert.Equal((EventReason.NoPrincipal, Read), (_probe.Ask("/a"u8, Read, 1).Reason, _probe.Ask("/a"u8, Read, uint.MaxValue).Missing));
    }

    [Fact]
    public void Protected_IsDeniedWhateverThePolicySays()
    {
        SetPlan("""permit (principal, action, resource);""", "/leash");

        Assert.Equal(EventReason.Protected, _probe.Ask("/leash"u8, Read).Reason);
        Assert.Equal((EventReason.Protected, Read), (_probe.Ask("/leash/x"u8, Read).Reason, _probe.Ask("/leash/x"u8, Read).Missing));
        Assert.Equal(EventReason.Permit, _probe.Ask("/leashx"u8, Read).Reason);
    }

    /// <summary>A plan of which pages are missing or changed never allows what it does not say.</summary>
    [Fact]
    public void DamagedPlans_AreDenied()
    {
        var plan = Compile("""permit (principal, action == Action::"FileOpenReadOnly", resource) when { resource.path like "/*a" };""");
        byte[] other = [.. plan.Bytes.Span];
        other[0] ^= 1;
        byte[] alone = [.. plan.Page(0)];

        _probe.SetPlan(PlanMap.Load(other));
        Assert.Equal(EventReason.NoPlan, _probe.Ask("/a"u8, Read).Reason);
        _probe.SetPlan(PlanMap.Load(new byte[PlanAbi.PageSize]));
        Assert.Equal(EventReason.NoPlan, _probe.Ask("/a"u8, Read).Reason);
        Assert.True(plan.PageCount > 1);
        _probe.SetPlan(PlanMap.Load(alone));
        Assert.Equal(EventReason.NoPlan, _probe.Ask("/a"u8, Read).Reason);
        _probe.SetPlan(plan);
        Assert.Equal(EventReason.Permit, _probe.Ask("/a"u8, Read).Reason);
    }

    private static IEnumerable<byte[]> Canonical() =>
    [
        "/"u8.ToArray(), "/a"u8.ToArray(), "/\xff"u8.ToArray(), [(byte)'/', 0xff, 0xfe, 0x80], [(byte)'/', 0xc3, (byte)'/', 0xa9],
        "/1234567"u8.ToArray(), "/12345678"u8.ToArray(), "/123456789"u8.ToArray(), "/\n\\ \t"u8.ToArray(),
        Bytes(s_deepest), Bytes("/" + s_longName), Bytes("/" + s_longName + "/" + s_longName),
        Bytes(string.Concat(Enumerable.Repeat("/" + s_longName, PlanAbi.PathMax / (PlanAbi.NameMax + 1)))),
        .. Enumerable.Range(1, 40).Select(length => Bytes("/" + new string('x', length))),
        .. Enumerable.Range(0, 17).Select(rest => Bytes(s_deepest[..^(2 * rest)])),
    ];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static KernelPlan Compile(string policy, params string[] protectedPaths)
    {
        var compiled = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.BaseLayer, "test.cedar", policy)], Facts);
        Assert.False(compiled.HasErrors, string.Join('\n', compiled.Diagnostics));
        return KernelPlanCompiler.Compile(compiled.Plan!, 1, protectedPaths).Plan!;
    }

    private void SetPlan(string policy, params string[] protectedPaths) => _probe.SetPlan(Compile(policy, protectedPaths));
}
