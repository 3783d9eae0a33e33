using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Audit;
using Leash.Bpf.Events;
using Leash.Plan;

namespace Leash.Bpf.Tests.Events;

public class EventDecoderTests
{
    private static readonly byte[] Rename = new SampleBuilder
    {
        Actions = PlanActionMask.FileRename, Path = "/w/a", Second = "/w/b", Arguments = "x\0y\0",
    }.Build();

    [Fact]
    public void Header_IsAsLongAsTheKernelWritesIt() => Assert.Equal(104, EventDecoder.HeaderSize);

    [Fact]
    public void Texts_AreReadInTheirOrder()
    {
        Assert.Equal(EventFault.None, EventDecoder.TryDecode(Rename, out KernelEvent happened));
        Assert.Equal("/w/a", Encoding.UTF8.GetString(happened.Path));
        Assert.Equal("/w/b", Encoding.UTF8.GetString(happened.Second));
        Assert.Equal("x\0y\0", Encoding.UTF8.GetString(happened.Arguments));
        Assert.Equal(PlanActionMask.FileRename, happened.Actions);
    }

    [Fact]
    public void SampleOfALargerSizeClass_IsReadLikeAnExactOne()
    {
        byte[] sample = new SampleBuilder { Path = "/w/a" }.Build(spare: 500);
        Assert.Equal(EventFault.None, EventDecoder.TryDecode(sample, out KernelEvent happened));
        Assert.Equal("/w/a", Encoding.UTF8.GetString(happened.Path));
    }

    [Fact]
    public void Truncated_AtEveryByte_IsRefused()
    {
        for (int length = 0; length < Rename.Length; length++)
        {
            Assert.NotEqual(EventFault.None, EventDecoder.TryDecode(Rename.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Address_OfTheWrongLength_IsRefused()
    {
        byte[] sample = new SampleBuilder
        {
            Kind = EventKind.Endpoint, Actions = PlanActionMask.NetworkConnect, EndPoint = new IPEndPoint(IPAddress.Loopback, 80),
        }.Build();
        Assert.Equal(EventFault.None, EventDecoder.TryDecode(sample, out KernelEvent happened));
        Assert.Equal(4, happened.Address.Length);
        ref LeashEvent fields = ref MemoryMarshal.AsRef<LeashEvent>(sample.AsSpan());
        foreach (byte length in (ReadOnlySpan<byte>)[0, 1, 5, 16, 17, 255])
        {
            fields.address_length = length;
            Assert.Equal(EventFault.Address, EventDecoder.TryDecode(sample, out _));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RandomBytes_NeverCrashTheTrail(int seed)
    {
        Random random = new(seed);
        RecordedAudit audit = new();
        GenerationTable generations = new();
        EnforcementPlan plan = EnforcementPlan.Of(PlanStatement.Permit("p", PlanActionMask.All));
        generations.Add(new PlanGeneration(1, plan, new PlanDecider(plan)));
        KernelAuditTrail trail = new(audit, generations, _ => []);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] sample = i % 2 == 0 ? new byte[random.Next(300)] : (byte[])Rename.Clone();
            if (i % 2 == 0)
            {
                random.NextBytes(sample);
            }

            for (int changes = random.Next(1, 6); changes > 0 && sample.Length > 0; changes--)
            {
                int at = random.Next(sample.Length);
                sample[at] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(8));
            }

            trail.Accept(sample);
        }

        Assert.Equal(50_000, trail.Read);
        Assert.True(trail.Malformed > 10_000);
        Assert.True(audit.Lines.Count >= trail.Malformed);
    }

    [Fact]
    public void AllowedOperations_AreRecordedWithoutAllocation()
    {
        NullAudit audit = new();
        KernelAuditTrail trail = new(audit, new GenerationTable(), _ => []);
        byte[] exec = new SampleBuilder { Kind = EventKind.Exec, Verdict = EventVerdict.Allow, Reason = EventReason.Permit, ExecId = 5, Path = "/bin/cat" }.Build();
        byte[] open = new SampleBuilder { Verdict = EventVerdict.Allow, Reason = EventReason.Permit, ExecId = 5, Path = "/w/a", Syscall = 257 }.Build();
        trail.Accept(exec);
        trail.Accept(open);
        AssertAllocatesNothing(trail, open);
        Assert.Equal(10_003, audit.Count);
    }

    [Fact]
    public void MalformedSamples_AreRecordedWithoutAllocation()
    {
        NullAudit audit = new();
        KernelAuditTrail trail = new(audit, new GenerationTable(), _ => []);
        trail.Accept([]);
        AssertAllocatesNothing(trail, Rename.AsSpan(0, 90));
        Assert.Equal(10_002, audit.Count);
    }

    private static void AssertAllocatesNothing(KernelAuditTrail trail, ReadOnlySpan<byte> sample)
    {
        trail.Accept(sample);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            trail.Accept(sample);
        }

        // Less than a byte for each: the runtime allocates a little of its own when it compiles the loop anew.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);
    }

    private sealed class NullAudit : IAuditSink
    {
        public int Count { get; private set; }

        public void Record(in AuditRecord record) => Count++;
    }
}
