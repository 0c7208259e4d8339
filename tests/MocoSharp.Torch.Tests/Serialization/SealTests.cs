using System.Text;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Torch.Tests.Serialization;

/// <summary>A file that was written here tells when a bit of it has changed.</summary>
public sealed class SealTests : TensorTest
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Every_flipped_bit_is_found_and_the_file_is_named()
    {
        byte[] whole = Whole();
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] bad = [.. whole];
            bad[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(_path, bad);
            TorchException error = Assert.Throws<TorchException>(() => Safetensors.Open(_path));
            Assert.Equal((TorchErrorIds.Safetensors, _path), (error.Id, error.At));
            Assert.NotNull(error.Fix);
        }
        File.WriteAllBytes(_path, whole);
        using SafetensorsFile file = Safetensors.Open(_path);
        Assert.Equal([1f, 2, 3], file["a"].ToArray<float>());
    }

    [Theory, InlineData("checksum"), InlineData("sha256")]
    public void Half_a_seal_is_damage(string lost)
    {
        byte[] bytes = Whole();
        Rename(bytes, lost);
        File.WriteAllBytes(_path, bytes);
        Assert.Contains("checksum", Assert.Throws<TorchException>(() => Safetensors.Open(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_seal_is_one_of_an_older_version_or_of_another_program_and_opens()
    {
        byte[] bytes = Whole();
        Rename(bytes, "checksum");
        Rename(bytes, "sha256");
        bytes[^1] ^= 1;
        File.WriteAllBytes(_path, bytes);
        using SafetensorsFile file = Safetensors.Open(_path);
        Assert.Equal(3, file["a"].ElementCount);
    }

    [Fact]
    public void A_copied_checksum_is_replaced_by_the_file_s_own()
    {
        Safetensors.Write(_path, [("b", Tensor.Ones([2]))],
            new Dictionary<string, string> { ["sha256"] = new string('1', 64), ["checksum"] = "none", ["format"] = "pt" });
        using SafetensorsFile file = Safetensors.Open(_path);
        Assert.Equal(new Dictionary<string, string> { ["format"] = "pt" }, file.Metadata);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        File.Delete(_path);
    }

    private byte[] Whole()
    {
        Safetensors.Write(_path, [("a", Tensor.From([1f, 2, 3]))], new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(_path);
    }

    private static void Rename(byte[] file, string name)
    {
        int at = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{name}\":"));
        Assert.True(at > 0);
        file[at + 1] = (byte)'x';
    }
}
