using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Datasets;

/// <summary>Whole data sets from $MOCOSHARP_DATA; skipped where it is not set.</summary>
public sealed class RealDataTests
{
    [Theory, InlineData("cifar10", 50_000, 10_000, 32), InlineData("imagenette", 9_469, 3_925, 224)]
    public void A_data_set_has_its_pictures_its_ten_classes_and_its_size(string name, int train, int test, int side)
    {
        using DataSplits splits = DataSets.Open(Folder(name));
        Assert.Equal((train, test, 10), (splits.Train.Count, splits.Test!.Count, splits.Train.Classes.Count));
        for (int index = 0; index < train; index += train / 200)
        {
            Image image = splits.Train.Load(index, new DecodeRequest(Color.Rgb));
            Assert.Equal((side, side, 3), (image.Width, image.Height, image.Channels));
        }
    }

    private static string Folder(string name)
    {
        string? root = Environment.GetEnvironmentVariable("MOCOSHARP_DATA");
        string folder = Path.Combine(root ?? "", name);
        Assert.SkipUnless(root is not null && Directory.Exists(folder), $"set MOCOSHARP_DATA to a folder with {name}/ inside");
        return folder;
    }
}
