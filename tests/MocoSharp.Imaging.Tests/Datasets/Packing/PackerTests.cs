using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Datasets.Packing;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Tests.Datasets.Packing;

public sealed class PackerTests : IDisposable
{
    private const int PerClass = 60;
    private readonly TempFolder _folder = new();

    public PackerTests()
    {
        foreach (string split in new[] { "train", "test" })
            for (int i = 0; i < PerClass; i++)
                foreach (string name in new[] { "blue", "red" })
                    Picture($"data/{split}/{name}/{i:00}{(i % 3 == 0 ? ".png" : ".jpg")}", width: 30 + i % 7, height: 26, gray: i % 5 == 0,
                        seed: (ulong)i + (name == "red" ? 500u : 0));
    }

    private string Data => _folder["data"];

    private string File => _folder["data.pack"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(PackFormat.Raw), InlineData(PackFormat.Jpeg)]
    public void Parts_names_labels_and_classes_are_the_folders(PackFormat format)
    {
        Pack(new PackOptions(format));
        using DataSplits folder = DataSets.Open(Data), packed = DataSets.Open(File);
        foreach ((IImageSource expected, IImageSource actual) in new[] { (folder.Train, packed.Train), (folder.Test!, packed.Test!) })
        {
            Assert.Equal(expected.Classes, actual.Classes);
            Assert.Equal(Enumerable.Range(0, expected.Count).Select(i => (expected.Name(i), expected.Label(i))),
                Enumerable.Range(0, actual.Count).Select(i => (actual.Name(i), actual.Label(i))));
        }
    }

    [Theory, InlineData(Color.Rgb), InlineData(Color.Gray)]
    public void Views_from_a_raw_file_are_the_folders_bit_by_bit(Color color)
    {
        Pack(new PackOptions());
        using DataSplits folder = DataSets.Open(Data), packed = DataSets.Open(File);
        Assert.Equal(Views(folder.Train, color), Views(packed.Train, color));
    }

    [Fact]
    public void Jpeg_files_that_need_not_shrink_are_taken_as_they_are()
    {
        Pack(new PackOptions(PackFormat.Jpeg));
        using DataSplits folder = DataSets.Open(Data), packed = DataSets.Open(File);
        int[] jpegs = [.. Enumerable.Range(0, folder.Train.Count)
            .Where(i => folder.Train.Name(i).EndsWith(".jpg", StringComparison.Ordinal))];
        Assert.NotEmpty(jpegs);
        Assert.All(jpegs, i => Assert.Equal(folder.Train.Load(i, new()).Samples, packed.Train.Load(i, new()).Samples));
    }

    [Theory, InlineData(PackFormat.Raw), InlineData(PackFormat.Jpeg)]
    public void Larger_pictures_shrink_to_the_size_and_smaller_ones_stay(PackFormat format)
    {
        Picture("mixed/large.png", 90, 60, gray: false, seed: 1);
        Picture("mixed/small.png", 20, 16, gray: false, seed: 2);
        Packer.Run(DataSets.Open(_folder["mixed"]), File, new PackOptions(format, Size: 24), cancel: Cancel);
        using DataSplits packed = DataSets.Open(File);
        Image large = packed.Train.Load(0, new()), small = packed.Train.Load(1, new());
        Assert.Equal((36, 24), (large.Width, large.Height));
        Assert.Equal((20, 16), (small.Width, small.Height));
        Canvas canvas = new();
        canvas.Load(ImageDecoder.Load(_folder["mixed/large.png"]));
        new Resize(24).Apply(default, canvas);
        float[] expected = new float[large.Samples.Length];
        new ViewPipeline([], ChannelStats.AsIs).Finish(canvas, expected);
        double off = large.Samples.Zip(expected, (sample, value) => Math.Abs(sample - value * 255.0)).Average();
        Assert.InRange(off, 0, format == PackFormat.Raw ? 0.26 : 16);     // rounding to whole numbers; what JPEG loses of noise
    }

    [Fact]
    public void Gray_pictures_take_one_byte_a_pixel_and_come_back_with_three_channels()
    {
        Picture("gray/a.png", 50, 40, gray: true, seed: 1);
        PackResult result = Packer.Run(DataSets.Open(_folder["gray"]), File, new PackOptions(), cancel: Cancel);
        Assert.InRange(result.Bytes, 50 * 40, 50 * 40 + 400);
        using DataSplits packed = DataSets.Open(File);
        Assert.Equal(ImageDecoder.Load(_folder["gray/a.png"]).Samples, packed.Train.Load(0, new()).Samples);
        Assert.Equal(1, packed.Train.Load(0, new(Color.Gray)).Channels);
    }

    [Fact]
    public void A_packing_that_was_stopped_goes_on_and_gives_the_same_bytes()
    {
        Pack(new PackOptions());
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.Delete(File);
        using (CancellationTokenSource stop = new())
        using (DataSplits splits = DataSets.Open(Data))
            Assert.Throws<OperationCanceledException>(() => Packer.Run(splits, File, new PackOptions(Workers: 1), progress =>
            {
                if (progress.Done > 0) stop.Cancel();
            }, cancel: stop.Token));
        Assert.False(System.IO.File.Exists(File));
        Assert.False(PackedFile.Is(File + ".partial"));
        int resumed = 0;
        using (DataSplits splits = DataSets.Open(Data))
            Packer.Run(splits, File, new PackOptions(Workers: 2), progress => resumed = progress.Resumed, cancel: Cancel);
        Assert.InRange(resumed, 1, 4 * PerClass - 1);
        Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
        Assert.Equal([File], Directory.GetFiles(_folder.Root, "data.pack*"));
    }

    [Fact]
    public void What_a_kill_has_damaged_or_other_options_have_written_is_done_anew()
    {
        Pack(new PackOptions());
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.Delete(File);
        foreach (int size in new[] { 0, 20 })
        {
            using CancellationTokenSource stop = new();
            using DataSplits splits = DataSets.Open(Data);
            Assert.Throws<OperationCanceledException>(() => Packer.Run(splits, File, new PackOptions(Workers: 1, Size: size), progress =>
            {
                if (progress.Done >= 128) stop.Cancel();
            }, cancel: stop.Token));
            if (size == 0)
                using (FileStream partial = new(File + ".partial", FileMode.Open))
                {
                    partial.Position = 40_000;
                    partial.WriteByte(0x55);
                    partial.SetLength(partial.Length - 10);
                }
            int resumed = -1;
            using DataSplits again = DataSets.Open(Data);
            Packer.Run(again, File, new PackOptions(), progress => resumed = progress.Resumed, cancel: Cancel);
            Assert.InRange(resumed, 0, size == 0 ? 127 : 0);
            Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
            System.IO.File.Delete(File);
        }
    }

    [Fact]
    public void Unreadable_pictures_are_left_out_and_named_up_to_the_share_that_is_allowed()
    {
        _folder.Write("data/train/blue/zz.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]);
        ImagingException refused = Assert.Throws<ImagingException>(() => Pack(new PackOptions(MaximumBadShare: 0)));
        Assert.Equal(ErrorIds.TooManyBadPictures, refused.Id);
        Assert.Equal("blue/zz.jpg", refused.At);
        Assert.False(System.IO.File.Exists(File));
        PackResult result = Pack(new PackOptions(MaximumBadShare: 0.1));
        Assert.StartsWith("blue/zz.jpg: ", Assert.Single(result.LeftOut), StringComparison.Ordinal);
        using DataSplits packed = DataSets.Open(File);
        Assert.Equal((2 * PerClass, 2 * PerClass), (packed.Train.Count, packed.Test!.Count));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_when_asked()
    {
        Pack(new PackOptions());
        ImagingException refused = Assert.Throws<ImagingException>(() => Pack(new PackOptions(PackFormat.Jpeg)));
        Assert.Equal((ErrorIds.CannotPack, File), (refused.Id, refused.At));
        using DataSplits splits = DataSets.Open(Data);
        Packer.Run(splits, File, new PackOptions(PackFormat.Jpeg), replace: true, cancel: Cancel);
        DataSets.Open(File).Dispose();
    }

    [Fact]
    public void Only_one_program_packs_a_file()
    {
        using FileStream other = new(File + ".partial", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(ErrorIds.CannotPack, Assert.Throws<ImagingException>(() => Pack(new PackOptions())).Id);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_picture_that_was_mended_after_a_refusal_is_packed_and_the_file_is_as_if_it_had_always_been_whole()
    {
        Pack(new PackOptions());
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.Delete(File);
        string picture = Directory.EnumerateFiles(Data, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        byte[] good = System.IO.File.ReadAllBytes(picture);
        System.IO.File.WriteAllBytes(picture, good[..20]);
        Assert.Throws<ImagingException>(() => Pack(new PackOptions(MaximumBadShare: 0)));
        System.IO.File.WriteAllBytes(picture, good);
        Assert.Empty(Pack(new PackOptions(MaximumBadShare: 0)).LeftOut);
        Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
    }

    private PackResult Pack(PackOptions options)
    {
        using DataSplits splits = DataSets.Open(Data);
        return Packer.Run(splits, File, options, cancel: Cancel);
    }

    private void Picture(string path, int width, int height, bool gray, ulong seed)
    {
        Image image = new(width, height, 3);
        Rng rng = Rng.For(seed);
        for (int i = 0; i < image.Samples.Length; i += 3)
            for (int channel = 0, value = rng.NextInt32(256); channel < 3; channel++)
                image.Samples[i + channel] = (byte)(gray ? value : (value + 40 * channel + i / 9) % 256);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        ImageEncoder.Save(image, _folder[path]);
    }

    private static List<float> Views(IImageSource source, Color color)
    {
        ViewRecipe recipe = ViewRecipe.Same(2,
            new ViewPipeline([new RandomResizedCrop(16), new Flip(), new ColorJitter(), new GaussianBlur()], ChannelStats.Half));
        List<float> all = [];
        foreach (ViewBatch batch in new ViewLoader(source, recipe, new LoaderOptions { BatchSize = 16, Reading = new(color) })
            .Epoch(3, cancel: Cancel))
            using (batch)
                all.AddRange([.. batch.View(0), .. batch.View(1)]);
        return all;
    }
}
