namespace Leash.Sessions.Tests;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0x0100, 1)]
    [InlineData(0xff00, 255)]
    [InlineData(15, 143)]
    [InlineData(0x80 | 11, 139)]
    public void FromWaitStatus_IsTheShells(int status, int expected) => Assert.Equal(expected, ExitCodes.FromWaitStatus(status));
}
