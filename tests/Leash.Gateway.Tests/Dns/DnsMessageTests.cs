using System.Text;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Tests.Dns;

public sealed class DnsMessageTests
{
    private static byte[] Sample() => Wire.Header(9, 0x8180, 1, 3, 1, 1)
        .Name("www.Example.com").U16(1).U16(1)
        .Pointer(12).U16(5).U16(1).U32(60).U16(6).U8(3).Raw((byte)'c', (byte)'d', (byte)'n').Pointer(16)
        .Name("cdn.example.com").U16(1).U16(1).U32(5).U16(4).Raw(203, 0, 113, 9)
        .Record("example.com", 16, 5, [2, (byte)'h', (byte)'i'])
        .Name("example.com").U16(6).U16(1).U32(9).U16(22 + 2).Pointer(16).Pointer(16).Raw(new byte[20])
        .Opt(1232)
        .ToArray();

    [Fact]
    public void Parse_CompressedNames_AreWrittenOut()
    {
        var message = DnsMessage.Parse(Sample())!;
        Assert.Equal("www.example.com", message.Questions[0].Name.ToHost());
        Assert.Equal("cdn.Example.com", message.Answers[0].Target.ToString());
        Assert.Equal("203.0.113.9", message.Answers[1].Address.ToString());
        Assert.Equal(DnsType.SOA, message.Authorities[0].Type);
        Assert.Equal((13 * 2) + 20, message.Authorities[0].Data.Length);
    }

    [Fact]
    public void Parse_TruncatedAtEveryByte_IsRefused()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(DnsMessage.Parse(bytes.AsSpan(0, length)));
        }

        Assert.Null(DnsMessage.Parse([.. bytes, 0]));
    }

    public static TheoryData<string, byte[]> Malformed() => new()
    {
        { "pointer to itself", Wire.Header(1, 0, 1).Pointer(12).U16(1).U16(1).ToArray() },
        { "pointer forward", Wire.Header(1, 0, 1).Pointer(14).U8(0).U16(1).U16(1).ToArray() },
        { "two pointers in a loop", Wire.Header(1, 0, 1).U8(1).U8('a').Pointer(12).U16(1).U16(1).ToArray() },
        { "label type 01", Wire.Header(1, 0, 1).U8(0x41).Raw(new byte[65]).U8(0).U16(1).U16(1).ToArray() },
        { "label type 10", Wire.Header(1, 0, 1).U8(0x81).Raw(new byte[1]).U8(0).U16(1).U16(1).ToArray() },
        { "name of 256 bytes", Wire.Header(1, 0, 1).Name(string.Join('.', Enumerable.Repeat(new string('a', 63), 4))).U16(1).U16(1).ToArray() },
        { "more questions than bytes", Wire.Header(1, 0, 65535).Name("a").U16(1).U16(1).ToArray() },
        { "address of 3 bytes", Wire.Header(1, 0x8000, 0, 1).Record("a", 1, 1, [1, 2, 3]).ToArray() },
        { "address of 5 bytes", Wire.Header(1, 0x8000, 0, 1).Record("a", 1, 1, [1, 2, 3, 4, 5]).ToArray() },
        { "alias shorter than its data", Wire.Header(1, 0x8000, 0, 1).Record("a", 5, 1, [1, (byte)'b', 0, 0]).ToArray() },
        { "alias longer than its data", Wire.Header(1, 0x8000, 0, 1).Name("a").U16(5).U16(1).U32(1).U16(2).Raw(1, (byte)'b', 0).ToArray() },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Parse_Malformed_IsRefused(string what, byte[] bytes) => Assert.True(DnsMessage.Parse(bytes) is null, what);

    [Fact]
    public void Parse_LongestName_IsRead()
    {
        var name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        var message = DnsMessage.Parse(Wire.Query(name, 1))!;
        Assert.Equal(name, message.Questions[0].Name.ToHost());
        Assert.True(DnsName.TryParse(name, out var parsed));
        Assert.Equal(message.Questions[0].Name, parsed);
        Assert.False(DnsName.TryParse(name + "d", out _));
    }

    [Fact]
    public void Parse_MutatedAndRandomBytes_NeverThrowsAndRoundTrips()
    {
        const int Seed = 20260;
        var random = new Random(Seed);
        var sample = Sample();
        for (var i = 0; i < 200_000; i++)
        {
            byte[] bytes;
            if (i % 4 == 0)
            {
                bytes = new byte[random.Next(80)];
                random.NextBytes(bytes);
            }
            else
            {
                bytes = (byte[])sample.Clone();
                for (var flips = random.Next(1, 6); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }
            }

            if (DnsMessage.Parse(bytes) is { } message)
            {
                // What was accepted can be written and read again with the same meaning.
                var reply = new DnsReply(DnsRcode.NoError, message.Answers, message.Authorities, DnsExtendedError.None, null);
                var again = DnsMessage.Parse(DnsWriter.WriteReply(message, edns: false, reply, DnsWriter.MaxTcpLength));
                Assert.NotNull(again);
                Assert.Equal(message.Questions, again.Questions);
                Assert.Equal(message.Answers.Select(a => (a.Name, a.Type, Convert.ToHexString(a.Data))), again.Answers.Select(a => (a.Name, a.Type, Convert.ToHexString(a.Data))));
            }
        }
    }

    [Fact]
    public void ToHost_OddBytes_IsNullAndEscapedForDisplay()
    {
        var bytes = Wire.Header(1, 0, 1).U8(4).Raw((byte)'a', (byte)'.', 0, (byte)'\n').U8(3).Raw(Encoding.ASCII.GetBytes("com")).U8(0).U16(1).U16(1).ToArray();
        var name = DnsMessage.Parse(bytes)!.Questions[0].Name;
        Assert.Null(name.ToHost());
        Assert.Equal(@"a\.\000\010.com", name.ToString());
    }
}
