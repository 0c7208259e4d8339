using MocoSharp.Encoders;
using MocoSharp.Imaging;
using MocoSharp.Runs;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Tests.Encoders;

public sealed class EncoderFileTests : TensorTest
{
    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData("encoder", "resnet99"), InlineData("width", "wide"), InlineData("width", "-1"), InlineData("channels", "99999999999"),
        InlineData("pooling", "Some"), InlineData("side", "")]
    [InlineData("depth", "1.5"), InlineData("patches", "8/x"), InlineData("patches", "0/0")]
    public void A_head_that_makes_no_sense_is_refused_with_the_file_and_a_way_out(string key, string text)
    {
        string encoder = key switch { "side" => "keras-cnn", "depth" => "cpc-small", _ => "resnet18-small" };
        Safetensors.Write(_path, [("a", Tensor.Ones([1]))],
            new Dictionary<string, string> { ["encoder"] = encoder, ["width"] = "0.125", [key] = text });
        MocoException error = Assert.Throws<MocoException>(() => EncoderFile.Read(_path));
        Assert.Equal((ErrorIds.NotAnEncoder, _path), (error.Id, error.At));
        Assert.Contains("moco resume", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_an_error_that_names_the_file_and_how_to_get_it_back()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        EncoderFile.Write(_path, encoder, "of this run");
        using (Encoder read = EncoderFile.Read(_path)) Assert.Equal(encoder.Features, read.Features);
        Assert.True(EncoderFile.Holds(_path, encoder));
        byte[] whole = File.ReadAllBytes(_path);
        int head = 8 + BitConverter.ToInt32(whole);
        Rng rng = Rng.For(7, whole.Length);
        IEnumerable<int> places = Enumerable.Range(0, head).Where(static place => place < 600 || place % 37 == 0)
            .Concat(Enumerable.Range(0, 200).Select(_ => head + rng.NextInt32(whole.Length - head)));
        foreach (int place in places.Append(whole.Length - 1))
        {
            byte[] bad = [.. whole];
            bad[place] ^= (byte)(1 << rng.NextInt32(8));
            File.WriteAllBytes(_path, bad);
            TorchException error = Assert.Throws<TorchException>(() => EncoderFile.Read(_path));
            Assert.Equal((TorchErrorIds.Safetensors, _path), (error.Id, error.At));
            Assert.Contains("moco resume", error.Fix, StringComparison.Ordinal);
            Assert.False(EncoderFile.Holds(_path, encoder));
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        File.Delete(_path);
    }
}
