using System.Globalization;
using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using ParquetSharp;

namespace MocoSharp.Tests;

/// <summary>Maps of embeddings, kept and not.</summary>
public sealed class FolderMapTests : IDisposable
{
    private const int Groups = 3, InGroup = 40, Dimensions = 8;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-map-").FullName;

    [Fact]
    public void Three_clouds_are_three_clusters_whose_pictures_lie_together()
    {
        using EmbeddingsFile file = Written("a.csv");
        FolderMap map = FolderMap.Make(file, new MapSettings(ClusterSize: 10));
        Assert.Equal(Groups * InGroup, map.Points.Count);
        Assert.Equal(Groups, map.Clusters.Count);
        foreach (MapCluster cluster in map.Clusters)
        {
            Assert.Equal((InGroup, 1.0), (cluster.Size, cluster.Share));
            Assert.Equal(cluster.Label, map.Points.Single(point => point.Name == cluster.Exemplar).Label);
        }
        Assert.InRange(map.Quality!.Trustworthiness, 0.9, 1);
        Assert.All(map.Points, static point => Assert.True(float.IsFinite(point.X) && float.IsFinite(point.Y)));
    }

    [Fact]
    public void Threads_do_not_matter_and_seeds_do()
    {
        using EmbeddingsFile file = Written("a.csv");
        IReadOnlyList<MapPoint> one = FolderMap.Make(file, new MapSettings(Threads: 1)).Points;
        Assert.Equal(one, FolderMap.Make(file, new MapSettings(Threads: 3)).Points);
        Assert.NotEqual(one, FolderMap.Make(file, new MapSettings(Seed: 2)).Points);
    }

    [Fact]
    public void A_row_without_an_embedding_is_counted_and_the_others_keep_their_rows()
    {
        using EmbeddingsFile file = Written("a.csv", absent: 5);
        FolderMap map = FolderMap.Make(file, new MapSettings(MapMethod.Pca));
        Assert.Equal((1, Groups * InGroup - 1), (map.Absent, map.Points.Count));
        Assert.Equal([4, 6], map.Points.Skip(4).Take(2).Select(static point => point.Row));
        Assert.Equal("p6", map.Points[5].Name);
    }

    [Fact]
    public void A_map_starts_from_the_table_of_another_by_the_pictures_names()
    {
        using EmbeddingsFile file = Written("a.csv"), later = Written("b.csv", shift: 0.1f);
        FolderMap map = FolderMap.Make(file), alone = FolderMap.Make(later, new MapSettings(Seed: 2));
        string table = Path.Combine(_root, "points.csv");
        MapTable.Write(map, table);
        FolderMap next = FolderMap.Make(later, new MapSettings(Seed: 2), MapStart.Read(table));
        Assert.True(2 * Moved(map, next) < Moved(map, alone), $"{Moved(map, next)} and {Moved(map, alone)}");
        File.WriteAllLines(table, File.ReadAllLines(table)[..^5]);
        Assert.Contains("5 pictures are not on the map that this one starts from, and started in its middle",
            FolderMap.Make(later, start: MapStart.Read(table)).Notes);
    }

    [Theory, InlineData("name,x\np0,1"), InlineData("name,x,y"), InlineData("name,x,y\np0,1,NaN"), InlineData("name,x,y\np0,1"),
        InlineData("name,x,y\nother,1,2")]
    public void A_table_that_is_no_map_of_these_pictures_is_told(string text)
    {
        string table = Path.Combine(_root, "points.csv");
        File.WriteAllText(table, text);
        using EmbeddingsFile file = Written("a.csv");
        MocoException error = Assert.Throws<MocoException>(() => FolderMap.Make(file, start: MapStart.Read(table)));
        Assert.Equal(ErrorIds.NoMapStart, error.Id);
        Assert.Contains("--points", error.Fix, StringComparison.Ordinal);
    }

    private static double Moved(FolderMap from, FolderMap to) => from.Points.Zip(to.Points, static (a, b) =>
        Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2))).Average();

    [Fact]
    public void A_kept_map_stays_and_pictures_placed_on_it_lie_with_their_like()
    {
        using EmbeddingsFile file = Written("a.csv"), more = Written("b.csv", shift: 0.01f);
        FolderMap map = FolderMap.Make(file, new MapSettings());
        string kept = Path.Combine(_root, "map.safetensors");
        KeptMap.Save(map, file, kept);
        FolderMap onto = FolderMap.Onto(KeptMap.Open(kept), more);
        Assert.Equal(map.Points, onto.Points.Take(map.Points.Count));
        foreach (MapPoint point in onto.Points.Where(static point => point.IsNew))
        {
            MapPoint near = map.Points.MinBy(other => MathF.Pow(other.X - point.X, 2) + MathF.Pow(other.Y - point.Y, 2))!;
            Assert.Equal(point.Label, near.Label);
        }
    }

    [Fact]
    public void A_picture_that_the_map_has_is_placed_where_it_lies()
    {
        using EmbeddingsFile file = Written("a.csv");
        FolderMap map = FolderMap.Make(file, new MapSettings());
        string kept = Path.Combine(_root, "map.safetensors");
        KeptMap.Save(map, file, kept);
        MapPoint[] again = [.. FolderMap.Onto(KeptMap.Open(kept), file).Points.Where(static point => point.IsNew)];
        Assert.Equal(map.Points.Select(static point => (point.X, point.Y)), again.Select(static point => (point.X, point.Y)));
    }

    [Fact]
    public void What_cannot_be_is_told()
    {
        using EmbeddingsFile file = Written("a.csv");
        FolderMap plain = FolderMap.Make(file, new MapSettings(MapMethod.Pca));
        Assert.Equal("MS5112", Assert.Throws<MocoException>(() => KeptMap.Save(plain, file, Path.Combine(_root, "x.safetensors"))).Id);
        Assert.Equal("MS5112", Assert.Throws<MocoException>(() => KeptMap.Open(Path.Combine(_root, "none.safetensors"))).Id);
        Assert.Equal("MS5113", Assert.Throws<MocoException>(() => MapTable.Write(plain, Path.Combine(_root, "x.txt"))).Id);
        Assert.Equal("MS2102", Assert.Throws<OptionException>(() => FolderMap.Make(file, new MapSettings(Neighbors: 1))).Id);
        Assert.Contains("principal components take no labels", Assert.Throws<OptionException>(() =>
            FolderMap.Make(file, new MapSettings(MapMethod.Pca, IsSupervised: true))).Message, StringComparison.Ordinal);
        using EmbeddingsFile unlabeled = Written("c.csv", labeled: false);
        Assert.Contains("no picture has a label",
            Assert.Throws<OptionException>(() => FolderMap.Make(unlabeled, new MapSettings(IsSupervised: true))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Points_are_written_as_tables_that_others_read()
    {
        using EmbeddingsFile file = Written("a.csv");
        FolderMap map = FolderMap.Make(file);
        foreach (string kind in (string[])["csv", "json", "parquet"]) MapTable.Write(map, Path.Combine(_root, $"points.{kind}"));
        string[] lines = File.ReadAllLines(Path.Combine(_root, "points.csv"));
        Assert.Equal("name,label,x,y,cluster,new", lines[0]);
        Assert.Equal(map.Points[3].X, float.Parse(lines[4].Split(',')[2], CultureInfo.InvariantCulture));
        using System.Text.Json.JsonDocument json =
            System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(_root, "points.json")));
        Assert.Equal(map.Points[3].Y, json.RootElement[3].GetProperty("y").GetSingle());
        using ParquetFileReader parquet = new(Path.Combine(_root, "points.parquet"));
        string[] columns = [.. Enumerable.Range(0, parquet.FileMetaData.NumColumns)
            .Select(at => parquet.FileMetaData.Schema.Column(at).Path.ToDotString())];
        Assert.Equal("name label x y cluster new neighbors.ids neighbors.distances",
            string.Join(' ', columns.Select(static column => column.Replace(".list.element", "", StringComparison.Ordinal))));
        using RowGroupReader group = parquet.RowGroup(0);
        Assert.Equal(map.Points.Select(static point => point.X), group.Column(2).LogicalReader<float>().ReadAll(map.Points.Count));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private EmbeddingsFile Written(string name, int absent = -1, float shift = 0, bool labeled = true)
    {
        string path = Path.Combine(_root, name);
        using (StreamWriter writer = new(path))
        {
            writer.WriteLine($"name,label,{string.Join(',', Enumerable.Range(0, Dimensions).Select(static d => $"d{d}"))}");
            Rng rng = Rng.For(3);
            for (int row = 0; row < Groups * InGroup; row++)
            {
                IEnumerable<string> numbers = Enumerable.Range(0, Dimensions).Select(d => row == absent ? ""
                    : (rng.NextSingle() * 0.3f + shift + (d % Groups == row % Groups ? 2 : 0)).ToString("R", CultureInfo.InvariantCulture));
                writer.WriteLine($"p{row},{(labeled ? $"kind {row % Groups}" : "")},{string.Join(',', numbers)}");
            }
        }
        return EmbeddingsFile.Open(path);
    }
}
