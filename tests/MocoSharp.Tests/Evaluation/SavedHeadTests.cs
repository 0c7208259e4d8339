using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Runs;

namespace MocoSharp.Tests.Evaluation;

public sealed class KeptHeadTests : TensorTest
{
    private readonly RunFolder _run = new(Directory.CreateTempSubdirectory("moco-head-").FullName);

    [Fact]
    public void A_flipped_bit_anywhere_is_an_error_that_names_the_file_and_how_to_make_it_anew()
    {
        SavedHead kept = new(new LinearHead([1, 2, 3, 4], [0.5f, -0.5f], ["cat", "dog"]), FeatureSpace.Backbone,
            new HeldOut([0.9f, 0.6f], [true, false]), 0.8, "abc");
        string path = kept.Save(_run, "mine");
        Assert.Equal(kept.Head.Weight, SavedHead.Read(_run, "mine").Head.Weight);
        byte[] whole = File.ReadAllBytes(path);
        Rng rng = Rng.For(3, whole.Length);
        for (int place = 0; place < whole.Length; place++)
        {
            byte[] bad = [.. whole];
            bad[place] ^= (byte)(1 << rng.NextInt32(8));
            File.WriteAllBytes(path, bad);
            TorchException error = Assert.Throws<TorchException>(() => SavedHead.Read(_run, "mine"));
            Assert.Equal((TorchErrorIds.Safetensors, path), (error.Id, error.At));
            Assert.Contains("moco eval linear", error.Fix, StringComparison.Ordinal);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_run.Root, recursive: true);
    }
}
