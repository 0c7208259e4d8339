using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

/// <summary>Every kind of bad input gets an error that says what, where and how to fix it; nothing is lost.</summary>
public sealed class BadInputTests : Workbench
{
    [Fact]
    public void A_missing_folder() => Refused(On(At("nowhere")), ExitCode.Failed, "no such file or folder", At("nowhere"));

    [Fact]
    public void An_empty_folder() =>
        Refused(On(Directory.CreateDirectory(At("empty")).FullName), ExitCode.Failed, "holds no picture", At("empty"));

    [Fact]
    public void A_folder_without_any_picture_names_how_many_other_files_it_holds()
    {
        Directory.CreateDirectory(At("texts"));
        File.WriteAllText(At("texts", "a.txt"), "hello");
        Refused(On(At("texts")), ExitCode.Failed, "1 other file", At("texts"));
    }

    [Fact]
    public void No_readable_picture()
    {
        string folder = Flat(20);
        foreach (string file in Directory.EnumerateFiles(folder)) File.WriteAllText(file, "no picture");
        Refused(On(folder), ExitCode.Failed, "none of the 20 pictures can be read", ".png");
    }

    [Fact]
    public void More_bad_pictures_than_the_limit_are_named_and_counted()
    {
        string folder = Flat(40);
        Break(folder);
        Refused(On(folder), ExitCode.Failed, "cannot be used, and at most 1 (1%)", "maximumBadShare");
    }

    [Fact]
    public void Fewer_bad_pictures_than_the_limit_are_named_and_training_goes_on()
    {
        string folder = Flat(40);
        string[] broken = Break(folder);
        Tool tool = On(folder, "--set", "data.maximumBadShare=0.2", "--epochs", "1").Succeeded();
        foreach (string name in broken)
            Assert.Single(tool.Lines, line => line.StartsWith("warning: cannot read", StringComparison.Ordinal)
            && line.Contains(name, StringComparison.Ordinal));
        Assert.Contains("\"bad_images\":4", File.ReadAllText(At("run", "metrics.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_test_picture_is_named_once()
    {
        File.WriteAllText(Path.Combine(Pictures(), "test", "red", "00.png"), "no picture");
        Tool tool = Train("run", "--set", "data.maximumBadShare=0.1").Succeeded();
        Assert.Contains("red/00.png", Assert.Single(tool.Lines,
            static line => line.StartsWith("warning: cannot read", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Single(Tool.Run("eval", "knn", At("run")).Succeeded().Lines,
            static line => line.StartsWith("warning: cannot read", StringComparison.Ordinal));
    }

    [Fact]
    public void A_picture_smaller_than_the_crop_is_enlarged() => On(Flat(20, side: 5), "--epochs", "1").Succeeded();

    [Fact]
    public void A_wrong_extension_does_not_matter()
    {
        string folder = Flat(20);
        Draw(At("real.jpg"), 0, 1);
        File.Move(At("real.jpg"), Path.Combine(folder, "000.png"), overwrite: true);
        Assert.DoesNotContain("warning: cannot read", On(folder, "--epochs", "1").Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_picture_is_refused_by_its_header_before_memory_is_taken()
    {
        string folder = Flat(20);
        File.WriteAllBytes(Path.Combine(folder, "000.png"), HugePng());
        long before = GC.GetTotalAllocatedBytes();
        Tool tool = On(folder, "--set", "data.maximumBadShare=0.1", "--epochs", "1").Succeeded();
        Assert.Contains("20000 x 20000",
            Assert.Single(tool.Lines, static line => line.StartsWith("warning: cannot read", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 400_000_000);
    }

    [Fact]
    public void Fewer_pictures_than_a_batch() =>
        Refused(On(Flat(10)), ExitCode.Usage, "training.batchSize is 16, and there are 10 pictures to train on",
        "--set method.queueLength=8 --set training.batchSize=8");

    [Theory, InlineData("moco-cifar10", 30), InlineData("fastai-moco-cifar10", 300), InlineData("moco-v2-imagenette-fast", 20)]
    public void The_advice_for_few_pictures_is_one_line_that_fits_all_checks_at_once(string recipe, int pictures)
    {
        string[] small = ["--data", Flat(pictures), "--run", At("run"), "--max-steps", "1", "--set", "encoder.width=0.125", "--set",
            "training.batchSize=512", "--set", "training.sizes=[]"];
        Tool refused = Tool.Run(["train", recipe, .. small]);
        Assert.Equal(ExitCode.Usage, refused.Code);
        string line = refused.Flat[refused.Flat.IndexOf("--set", StringComparison.Ordinal)..].Split(';')[0];
        Tool done = Tool.Run(["train", recipe, .. small, .. line.Split(' ')]).Succeeded();
        Assert.DoesNotContain("warning", done.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_the_splits_do_not_divide_gets_the_nearest_that_they_do() =>
        Refused(Train("run", "--set", "training.batchSize=30", "--set", "encoder.batchNormSplits=8"), ExitCode.Usage,
            "which 8 batch norm splits do not divide", "--set training.batchSize=24");

    [Fact]
    public void A_queue_shorter_than_the_batch() =>
        Refused(Train("run", "--set", "method.queueLength=8"), ExitCode.Usage, "queueLength is 8, smaller than the batch (16)",
        "--set method.queueLength=16");

    [Fact]
    public void A_run_folder_that_holds_a_run()
    {
        Train("run", "--epochs", "1").Succeeded();
        byte[] before = File.ReadAllBytes(At("run", "encoder.safetensors"));
        Refused(Train("run"), ExitCode.Failed, "empty or not there", "moco resume");
        Assert.Equal(before, File.ReadAllBytes(At("run", "encoder.safetensors")));
    }

    [Fact]
    public void A_run_folder_that_holds_other_files()
    {
        Directory.CreateDirectory(At("run"));
        File.WriteAllText(At("run", "thesis.txt"), "precious");
        Refused(Train("run"), ExitCode.Failed, "empty or not there", At("run"));
        Assert.Equal("precious", File.ReadAllText(At("run", "thesis.txt")));
    }

    [Fact]
    public void A_run_folder_that_cannot_be_made()
    {
        File.WriteAllText(At("file"), "");
        Refused(Tool.Run("train", Recipe, "--data", Pictures(), "--run", At("file", "run")), ExitCode.Failed, "cannot be made",
            At("file", "run"));
    }

    [Fact]
    public void A_try_that_could_not_begin_leaves_nothing_in_the_way_of_the_next()
    {
        string folder = Flat(10);
        Assert.Equal(ExitCode.Usage, On(folder).Code);
        Assert.False(Directory.Exists(At("run")));
        On(folder, "--set", "training.batchSize=8", "--epochs", "1").Succeeded();
    }

    [Fact]
    public void A_run_that_failed_before_its_first_checkpoint_can_be_begun_anew()
    {
        string folder = Flat(40);
        string[] broken = Break(folder);
        Assert.Equal(ExitCode.Failed, On(folder).Code);
        foreach (string name in broken) File.Delete(Path.Combine(folder, name));
        On(folder, "--epochs", "1").Succeeded();
    }

    [Fact]
    public void A_loss_that_is_no_number_names_step_rate_and_checkpoint()
    {
        Tool tool = Train("run", "--set", "learningRate.start=1000", "--set", "optimizer.weightDecay=100", "--epochs", "6", "--set",
            "training.precision=fp32");
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Matches(@"error MS4008: the loss of update \d+ \(epoch \d+\) is .*; the learning rate was", tool.Error);
    }

    [Fact]
    public void A_partner_of_another_size()
    {
        string tiles = Tiles();
        File.WriteAllBytes(Path.Combine(tiles, "train", "00003_h.png"), ImageEncoder.Png(new DeepImage(32, 48, 1)));
        Refused(OnTiles(tiles), ExitCode.Failed, "1 of 12 pictures cannot be used", "it has 32 x 48 pixels", "00003_t.png has 64 x 64",
            "maximumBadShare");
    }

    [Fact]
    public void A_color_far_from_the_palette()
    {
        string tiles = Tiles();
        Image strange = new(64, 64, 3);
        for (int i = 0; i < strange.Samples.Length; i++) strange.Samples[i] = (byte)(i % 3 == 1 ? 0 : 255);
        File.WriteAllBytes(Path.Combine(tiles, "train", "00003_i2.png"), ImageEncoder.Png(strange));
        Refused(OnTiles(tiles), ExitCode.Failed, "4,096 of 4,096 pixels have a color that is farther than 60",
            "(255, 0, 255) at column 0, row 0", "00003_t.png");
    }

    [Fact]
    public void An_STL10_file_of_a_wrong_length()
    {
        Directory.CreateDirectory(At("stl"));
        File.WriteAllBytes(At("stl", "train_X.bin"), new byte[3 * 96 * 96 + 1]);
        Refused(On(At("stl")), ExitCode.Failed, "27,649 bytes are no whole number", "train_X.bin", "copy the file again");
    }

    private Tool OnTiles(string tiles) =>
        Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), "--epochs", "1", "--set", "data.maximumBadShare=0",
        .. TerrainSettings]);

    private Tool On(string data, params string[] more) => Tool.Run(["train", Recipe, "--data", data, "--run", At("run"), .. more]);

    private static void Refused(Tool tool, int code, params string[] texts)
    {
        Assert.True(tool.Code == code, $"exit code {tool.Code}\n{tool.Out}\n{tool.Error}");
        Assert.StartsWith("error MS", tool.Error, StringComparison.Ordinal);
        Assert.Contains("fix: ", tool.Error, StringComparison.Ordinal);
        foreach (string text in texts) Assert.Contains(text, tool.Error, StringComparison.Ordinal);
    }

    // Broken, truncated, empty, and not a picture at all.
    private static string[] Break(string folder)
    {
        string[] names = ["003.png", "011.png", "017.png", "029.png"];
        string[] files = [.. names.Select(name => Path.Combine(folder, name))];
        byte[] whole = File.ReadAllBytes(files[0]);
        byte[] broken = [.. whole];
        for (int i = 60; i < 90; i++) broken[i] ^= 0xFF;
        File.WriteAllBytes(files[0], broken);
        File.WriteAllBytes(files[1], whole[..(whole.Length / 2)]);
        File.WriteAllBytes(files[2], []);
        File.WriteAllText(files[3], "<html>404</html>");
        return names;
    }

    // A whole, valid header of 20,000 x 20,000 pixels over little data.
    private static byte[] HugePng()
    {
        byte[] file = ImageEncoder.Png(new Image(2, 2, 3));
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 20_000);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 20_000);
        return PngChecksums.Renew(file);
    }
}
