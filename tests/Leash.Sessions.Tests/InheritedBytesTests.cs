using System.Text;
using Leash.Sessions.Native;

namespace Leash.Sessions.Tests;

public sealed class InheritedBytesTests
{
    [Fact]
    public void Split_KeepsEmptyAndOddStrings()
    {
        var parts = InheritedBytes.Split("A=1\0\0B=\xff\0last"u8);
        Assert.Equal(["A=1", "", "B=\u00c3\u00bf", "last"], parts.Select(Encoding.Latin1.GetString));
    }

    [Fact]
    public void Apply_ReplacesRemovesAndAdds()
    {
        List<byte[]> environment = [Bytes("A=1"), Bytes("AB=2"), Bytes("A=again"), Bytes("C=3")];
        var result = InheritedBytes.Apply(environment, [new("A", "new"), new("C", null), new("D", ""), new("D", "x=y")]);
        Assert.Equal(["AB=2", "A=new", "D=x=y"], result.Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void Command_ThatIsNotOurOwnTail_IsEncoded()
    {
        var command = InheritedBytes.Command(["leash-test", "ö"]);
        Assert.Equal(["leash-test", "ö"], command.Select(Encoding.UTF8.GetString));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
