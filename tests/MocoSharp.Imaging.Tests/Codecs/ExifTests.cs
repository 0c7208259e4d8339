using FsCheck;
using FsCheck.Fluent;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

public sealed class ExifTests
{
    private static readonly byte[] s_little =
        [.. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 2, 0, 0x0F, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];

    private static readonly byte[] s_big =
        [.. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 2, 1, 0x0F, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];

    [Fact]
    public void Both_byte_orders_are_read() => Assert.Equal((6, 6), (Exif.Orientation(s_little), Exif.Orientation(s_big)));

    [Theory, InlineData(0), InlineData(9), InlineData(255)]
    public void A_number_that_is_no_orientation_means_upright(byte number)
    {
        byte[] segment = [.. s_little];
        segment[^4] = number;
        Assert.Equal(1, Exif.Orientation(segment));
    }

    [Fact]
    public void A_segment_cut_anywhere_means_upright()
    {
        for (int length = 0; length < s_little.Length; length++)
            Assert.Equal(1, Exif.Orientation(s_little.AsSpan(0, length)));
    }

    [Fact]
    public void Any_directory_gives_an_orientation_and_no_error() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes => Exif.Orientation((byte[])[.. "Exif\0\0II*\0"u8, .. bytes]) is >= 1 and <= 8).QuickCheckThrowOnFailure();
}
