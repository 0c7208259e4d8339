using System.Runtime.InteropServices;
using System.Text;

namespace MocoSharp.Imaging.Tests.Codecs;

/// <summary>The golden files of tools/reference/make_codec_golden.py.</summary>
internal static class CodecFiles
{
    internal static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Golden", "codecs");

    internal static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>Reads a binary PPM (3 channels) or PGM (1).</summary>
    internal static Image Pixels(string name)
    {
        byte[] file = Bytes(name);
        int at = 0;
        string Word()
        {
            int start = at;
            while (!char.IsWhiteSpace((char)file[at]))
                at++;
            return Encoding.ASCII.GetString(file, start, at++ - start);
        }
        int channels = Word() == "P6" ? 3 : 1;
        Image image = new(int.Parse(Word()), int.Parse(Word()), channels);
        Assert.Equal("255", Word());
        file.AsSpan(at).CopyTo(image.Samples);
        return image;
    }

    internal static ushort[] Samples16(string name) => MemoryMarshal.Cast<byte, ushort>(Bytes(name)).ToArray();

    /// <summary>Fails when sizes differ or any sample is further off than allowed.</summary>
    internal static void AssertClose(Image expected, Image actual, int worst)
    {
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (actual.Width, actual.Height, actual.Channels));
        int found = 0;
        for (int i = 0; i < expected.Samples.Length; i++)
            found = Math.Max(found, Math.Abs(expected.Samples[i] - actual.Samples[i]));
        Assert.InRange(found, 0, worst);
    }

    /// <summary>A picture of smooth ramps with a hard edge.</summary>
    internal static Image Scene(int width, int height, int channels)
    {
        Image image = new(width, height, channels);
        for (int i = 0; i < image.Samples.Length; i++)
        {
            (int pixel, int channel) = int.DivRem(i, channels);
            (int y, int x) = int.DivRem(pixel, width);
            image.Samples[i] = (byte)(x < width / 2 || channel > 0 ? (x * 5 + y * 3 + channel * 60) % 200 : 255);
        }
        return image;
    }
}
