using MocoSharp.Encoders;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Tests.Encoders;

public sealed class EncoderFileTests : TensorTest
{
    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData("encoder", "resnet99"), InlineData("width", "wide"), InlineData("width", "-1"), InlineData("channels", "99999999999"), InlineData("pooling", "Some"), InlineData("side", "")]
    [InlineData("depth", "1.5"), InlineData("patches", "8/x"), InlineData("patches", "0/0")]
    public void A_head_that_makes_no_sense_is_refused_with_the_file_and_a_way_out(string key, string text)
    {
        Safetensors.Write(_path, [("a", Tensor.Ones([1]))], new Dictionary<string, string> { ["encoder"] = "resnet18-small", ["width"] = "0.125", [key] = text });
        MocoException error = Assert.Throws<MocoException>(() => EncoderFile.Read(_path));
        Assert.Equal((ErrorIds.NotAnEncoder, _path), (error.Id, error.At));
        Assert.Contains("moco resume", error.Fix, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        File.Delete(_path);
    }
}
