using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class PairedSourceTests : IDisposable
{
    private static readonly IReadOnlyList<IReadOnlyList<int>> s_palette =
        [[17, 141, 215], [225, 227, 155], [127, 173, 123], [185, 122, 87], [230, 200, 181], [150, 150, 150], [193, 190, 175]];

    private static readonly Modality[] s_kinds = [new PictureModality("terrain", "_t.png"),
        new PaletteModality("segmentation", "_i2.png", s_palette), new DepthModality("height", "_h.png")];
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_scene_has_its_colors_its_classes_and_sixteen_bits_of_height()
    {
        Scene("a");
        using PairedSource source = Open();
        Assert.Equal((1, "a_t.png", 0), (source.Count, source.Name(0), source.Notes.Count));
        float[] heights = View(source, kind: 2, channels: 1, ChannelStats.Half),
            classes = View(source, kind: 1, channels: 7, ChannelStats.AsIs);
        Assert.Equal(-1 + 257 / 32767.5f, heights[1], tolerance: 1e-6f);                 // x / 32767.5 − 1, finer than a step of 8 bits
        Assert.Equal([0, 0, 0, 1, 0, 0, 0], classes[..7]);                               // pixel 0 is brown
        Assert.Equal([1, 0, 0, 0, 0, 0, 0], classes[7..14]);                             // pixel 1 is nearly the water's blue
    }

    [Fact]
    public void Views_that_share_their_draws_show_the_same_place_and_others_do_not()
    {
        for (int i = 0; i < 6; i++) Scene($"{i}");
        using PairedSource source = Open();
        ViewPipeline Crop(int kind, int? shared) => new([new RandomCrop(4, Padding: 0)], ChannelStats.AsIs)
        {
            Partner = kind,
            PartnerChannels = kind == 2 ? 1 : null,
            SharedDraws = shared,
        };
        ViewLoader loader = new(source, new ViewRecipe([Crop(0, 0), Crop(2, 0), Crop(2, null)]),
            new LoaderOptions { BatchSize = 6, Seed = 3 });
        int same = 0, apart = 0;
        foreach (ViewBatch batch in loader.Epoch(0))
            using (batch)
                for (int at = 0; at < batch.Count * 16; at++)
                {
                    // a scene's red counts its pixels as its heights do
                    float red = batch.View(0)[3 * at] * 255, height = batch.View(1)[at] * 255, other = batch.View(2)[at] * 255;
                    Assert.Equal(red, height, tolerance: 0.01f);
                    (same, apart) = (same + 1, apart + (Math.Abs(red - other) > 0.5f ? 1 : 0));
                }
        Assert.Equal(96, same);
        Assert.True(apart > 48);
    }

    [Fact]
    public void A_missing_partner_file_is_named_and_counted_before_anything_begins()
    {
        Scene("a");
        Scene("b");
        File.Delete(_folder["b_h.png"]);
        ImagingException error = Assert.Throws<ImagingException>(Open);
        Assert.Equal((ErrorIds.MissingPartner, _folder["b_h.png"]), (error.Id, error.At));
        Assert.Contains("b_t.png has no 'height'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partner_of_another_size_makes_its_scene_unreadable()
    {
        Scene("a");
        _folder.Write("a_h.png", ImageEncoder.Png(new DeepImage(9, 8, 1)));
        using PairedSource source = Open();
        BadImageException error = Assert.Throws<BadImageException>(() => source.Load(0, default));
        Assert.Equal((ErrorIds.PartnerSize, "a_h.png"), (error.Id, error.At));
        Assert.Contains("9 x 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Heights_of_eight_bits_are_read_and_said()
    {
        Scene("a");
        Scene("b");
        Image shallow = new(8, 8, 1);
        shallow.Samples.AsSpan().Fill(128);
        _folder.Write("b_h.png", ImageEncoder.Png(shallow));
        using PairedSource source = Open();
        Assert.StartsWith("1 of the 2 files of 'height' have 8 bits", Assert.Single(source.Notes), StringComparison.Ordinal);
        Assert.Equal(128 / 255f, View(source, 2, 1, ChannelStats.AsIs, index: 1)[0], tolerance: 1e-6f);
    }

    [Fact]
    public void A_color_far_from_the_palette_is_refused_with_its_place()
    {
        Scene("a", far: 1);
        using PairedSource source = Open();
        BadImageException error = Assert.Throws<BadImageException>(() => source.Load(0, default));
        Assert.Equal(ErrorIds.FarFromPalette, error.Id);
        Assert.Contains("(255, 0, 255) at column 7, row 7", error.Message, StringComparison.Ordinal);
        using PairedSource patient = (PairedSource)Open([s_kinds[0],
            new PaletteModality("segmentation", "_i2.png", s_palette, MaximumFarShare: 0.1)]);
        Assert.Equal(7, patient.Load(0, default).Partners[0].Channels);
    }

    [Fact]
    public void Colors_off_the_palette_that_are_few_enough_are_said_once_with_their_share()
    {
        Scene("a");
        Scene("b", far: 1);
        using PairedSource source = (PairedSource)Open([s_kinds[0],
            new PaletteModality("segmentation", "_i2.png", s_palette, MaximumFarShare: 0.1)]), refusing = Open();
        Assert.Equal(
            "1 of the 2 files of 'segmentation' that were looked at have colors farther than 60 from the palette, 1.5625% of their "
            + "pixels: each is taken for the nearest class",
            Assert.Single(source.Notes));
        Assert.Empty(refusing.Notes);             // its loading refuses the file
    }

    [Fact]
    public void Kinds_that_contradict_each_other_are_refused()
    {
        Scene("a");
        Modality[][] wrong = [[s_kinds[2], s_kinds[0]], [s_kinds[0], s_kinds[0]],
            [s_kinds[0], new PaletteModality("x", "_i2.png", [[1, 2]])], [new PictureModality("terrain", "_t")]];
        Assert.All(wrong, kinds => Assert.Equal(ErrorIds.BadModality, Assert.Throws<ImagingException>(() => Open(kinds)).Id));
        Assert.Equal(ErrorIds.MissingPartner, Assert.Throws<ImagingException>(() => Open([new PictureModality("photo", "_photo.jpg")])).Id);
    }

    [Fact]
    public void Labels_come_from_a_csv_file_and_test_scenes_from_their_folder()
    {
        Scene("train/a");
        Scene("train/b");
        Scene("test/c");
        string csv = _folder.Write("labels.csv", "file,label\ntrain/a_t.png,old\ntrain/b_t.png,young\ntest/c_t.png,young\n");
        using DataSplits splits = DataSets.Open(_folder.Root, new SourceOptions { Modalities = s_kinds, Labels = LabelsFrom.Csv(csv) });
        Assert.Equal(["old", "young"], splits.Train.Classes);
        Assert.Equal((2, 1, 1), (splits.Train.Count, splits.Test!.Count, splits.Test.Label(0)));
    }

    [Fact]
    public void The_memory_cache_counts_partners_and_keeps_them()
    {
        Scene("a");
        using MemoryCachedSource cached = new(Open(), default, budget: 1 << 20);
        Image first = cached.Load(0, default);
        Assert.Same(first, cached.Load(0, default));
        Assert.InRange(cached.UsedBytes, 8 * 8 * (3 + 1 + 2), 1000);
    }

    [Fact]
    public void The_real_sample_scene_loads_with_its_eight_bit_heights_said()
    {
        string? root = Environment.GetEnvironmentVariable("MOCOSHARP_DATA");
        string folder = Path.Combine(root ?? "", "terrain");
        Assert.SkipUnless(root is not null && Directory.Exists(folder), "set MOCOSHARP_DATA to a folder with terrain/ inside");
        using DataSplits splits = DataSets.Open(folder, new SourceOptions { Modalities = s_kinds });
        PairedSource source = Assert.IsType<PairedSource>(splits.Train);
        Image scene = source.Load(0, default);
        Assert.Equal((512, 512, 2), (scene.Width, scene.Height, scene.Partners.Count));
        Assert.Contains(source.Notes, static note => note.Contains("8 bits", StringComparison.Ordinal));
        float[] classes = View(source, 1, 7, ChannelStats.AsIs);
        Assert.Equal(512 * 512, classes.Sum(), tolerance: 0.5f);
        Assert.Equal(9_761, Enumerable.Range(0, 512 * 512).Count(pixel => classes[7 * pixel] == 1));      // water
    }

    public void Dispose() => _folder.Dispose();

    private PairedSource Open() => (PairedSource)Open(s_kinds);

    private IImageSource Open(IReadOnlyList<Modality> kinds) => DataSets.Open(_folder.Root, new SourceOptions { Modalities = kinds }).Train;

    /// <summary>8 × 8 pixels: red counts them, heights are 257 times as much, classes are brown but for a blue that is nearly the
    /// palette's.</summary>
    private void Scene(string name, int far = 0)
    {
        Image terrain = new(8, 8, 3), cover = new(8, 8, 3);
        DeepImage heights = new(8, 8, 1);
        for (int pixel = 0; pixel < 64; pixel++)
        {
            heights.Samples[pixel] = (ushort)(257 * pixel);
            (terrain.Samples[3 * pixel], terrain.Samples[3 * pixel + 1], terrain.Samples[3 * pixel + 2]) = ((byte)pixel, 7, 9);
            (byte, byte, byte) color = pixel >= 64 - far ? ((byte)255, (byte)0, (byte)255) : pixel == 1 ? ((byte)20, (byte)138, (byte)210)
                : ((byte)185, (byte)122, (byte)87);
            (cover.Samples[3 * pixel], cover.Samples[3 * pixel + 1], cover.Samples[3 * pixel + 2]) = color;
        }
        _folder.Write($"{name}_t.png", ImageEncoder.Png(terrain));
        _folder.Write($"{name}_h.png", ImageEncoder.Png(heights));
        _folder.Write($"{name}_i2.png", ImageEncoder.Png(cover));
    }

    private static float[] View(PairedSource source, int kind, int channels, ChannelStats stats, int index = 0)
    {
        Image scene = source.Load(index, default);
        float[] values = new float[scene.Width * scene.Height * channels];
        Rng rng = Rng.For(0);
        new ViewPipeline([], stats) { Partner = kind, PartnerChannels = channels }.Render(scene, ref rng, new Canvas(), values);
        return values;
    }
}
