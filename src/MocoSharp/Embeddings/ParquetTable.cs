using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace MocoSharp.Embeddings;

/// <summary>Reads embeddings from a Parquet file of any program: a column of lists of numbers, and names and labels where there are
/// such columns.</summary>
internal static class ParquetTable
{
    private static readonly TimeSpan s_longestToOpen = TimeSpan.FromSeconds(20);
    private static readonly string[] s_usual = [ParquetEmbeddings.Column, "vector", "embeddings", "vectors", "features"];

    /// <param name="path">The file.</param>
    /// <param name="column">The column of lists, or the layer of <c>embedding_LAYER</c>; null for the one that is called as usual, or the
    /// only one.</param>
    /// <exception cref="MocoException">MS5101: it is damaged, or has no such column.</exception>
    internal static EmbeddingsContent Read(string path, string? column)
    {
        using FileStream file = File.OpenRead(path);
        try
        {
            return ReadAsync(file, path, column).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not (MocoException or OutOfMemoryException))
        {
            throw EmbeddingErrors.Unreadable(path, $"the Parquet file cannot be read: {error.Message}",
                "take another copy; or write it anew with 32-bit numbers (FLOAT), without columns of 16-bit numbers", error);
        }
    }

    private static async Task<EmbeddingsContent> ReadAsync(FileStream file, string path, string? column)
    {
        ParquetParts.CheckFoot(file);
        await using ParquetReader reader = await OpenedAsync(file);
        DataField[] all = reader.Schema.GetDataFields();
        Dictionary<string, string> texts = reader.CustomMetadata ?? [];
        string[] layers = texts.GetValueOrDefault(EmbeddingOrigin.LayerKey)?.Split(',') ?? [];
        DataField numbers = Choose(all, layers is [var only] && only == column ? ParquetEmbeddings.ColumnOf(only, 1) : column, path);
        string[] header = [.. all.Select(static field => field.MaxRepetitionLevel == 0 ? field.Path.FirstPart! : "")];
        (int nameAt, int labelAt, _) = NamesFile.Columns(header);
        int row = 0;
        MemoryRows rows = new(path, at => $"row {at.ToString("N0", CultureInfo.InvariantCulture)}");
        List<string>? names = nameAt < 0 ? null : [];
        List<string?> labels = [];
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            int count = checked((int)group.RowCount);
            foreach (int at in (int[])[nameAt, labelAt])
            {
                if (at >= 0 && ParquetParts.CountValues(file, group, all[at]) != count)
                    throw new FormatException($"column '{all[at].Name}' has other rows than the file");
            }
            int values = ParquetParts.CountValues(file, group, numbers);
            if (numbers.ClrType == typeof(double)) await AddAsync<double>(group, numbers, values, rows, path);
            else await AddAsync<float>(group, numbers, values, rows, path);
            if (nameAt >= 0) names!.AddRange((await TextsAsync(group, all[nameAt], count, path)).Select(static text => text ?? ""));
            if (labelAt >= 0) labels.AddRange(await TextsAsync(group, all[labelAt], count, path));
            row += count;
        }
        if (rows.Count != row)
            throw EmbeddingErrors.Unreadable(path, $"column '{numbers.Path.FirstPart}' has {rows.Count:N0} lists in {row:N0} rows");
        return new EmbeddingsContent(rows,
            new RowTexts(names, labels.Exists(static label => label is not null) ? labels : null, Readable: null),
            texts.GetValueOrDefault(EmbeddingOrigin.EncoderKey),
            Array.Find(layers, layer => ParquetEmbeddings.ColumnOf(layer, layers.Length) == numbers.Path.FirstPart));
    }

    // A foot whose parts are of other types than they should be can send the library round for ever: what it says of a file is read in
    // milliseconds otherwise.
    private static async Task<ParquetReader> OpenedAsync(FileStream file)
    {
        Task<ParquetReader> opening = Task.Run(() => ParquetReader.CreateAsync(file));
        return await Task.WhenAny(opening, Task.Delay(s_longestToOpen)) == opening ? await opening
            : throw new FormatException("what the file says of its own parts is damaged: the reading did not end");
    }

    private static DataField Choose(DataField[] all, string? column, string path)
    {
        DataField[] lists = [.. all.Where(static field => field.MaxRepetitionLevel == 1
            && (field.ClrType == typeof(float) || field.ClrType == typeof(double)))];
        string known = string.Join(", ", lists.Select(static field => field.Path.FirstPart));
        if (lists.Length == 0)
            throw EmbeddingErrors.Unreadable(path,
                $"no column holds lists of numbers; the columns are {string.Join(", ", all.Select(static field => field.Path.FirstPart))}",
                "write the vectors as a column of lists of 32-bit numbers, called embedding");
        if (column is not null)
            return Array.Find(lists, field => field.Path.FirstPart == column)
                ?? Array.Find(lists, field => field.Path.FirstPart == $"{ParquetEmbeddings.Column}_{column}")
                ?? throw EmbeddingErrors.Unreadable(path, $"no column of lists is called '{column}'", $"take one of {known}");
        return s_usual.Select(name => Array.Find(lists, field => field.Path.FirstPart == name))
            .FirstOrDefault(static field => field is not null)
            ?? (lists.Length == 1 ? lists[0] : throw EmbeddingErrors.Unreadable(path,
                $"several columns hold lists of numbers: {known}", "name the one to take"));
    }

    private static async Task AddAsync<T>(ParquetRowGroupReader group, DataField field, int length, MemoryRows rows, string path)
        where T : struct
    {
        int there = field.MaxDefinitionLevel;
        T[] values = new T[length];
        int[] definitions = new int[length], repetitions = new int[length];
        await group.ReadRawAsync<T>(field, values, definitions, repetitions, CancellationToken.None);
        List<float> row = [];
        int next = 0;
        for (int i = 0; i < length; i++)
        {
            if (i > 0 && repetitions[i] == 0) Close();
            if (definitions[i] == there) row.Add(Convert.ToSingle(values[next++], CultureInfo.InvariantCulture));
            else if (field.IsNullable && definitions[i] == there - 1)
                throw EmbeddingErrors.NotNumbers(path, $"row {rows.Count:N0} has an empty place among its numbers");
        }
        if (length > 0) Close();

        void Close()
        {
            rows.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(row));
            row.Clear();
        }
    }

    private static async Task<IReadOnlyList<string?>> TextsAsync(ParquetRowGroupReader group, DataField field, int count, string path)
    {
        if (field.ClrType == typeof(long)) return await NumbersAsync<long>(group, field, count);
        if (field.ClrType == typeof(int)) return await NumbersAsync<int>(group, field, count);
        if (field.ClrType != typeof(ReadOnlyMemory<char>) && field.ClrType != typeof(string))
            throw EmbeddingErrors.Unreadable(path, $"column '{field.Name}' holds neither texts nor whole numbers",
                "write it as texts, or call it otherwise");
        string?[] texts = new string?[count];
        await group.ReadAsync(field, texts.AsMemory());
        return texts;
    }

    private static async Task<IReadOnlyList<string?>> NumbersAsync<T>(ParquetRowGroupReader group, DataField field, int count)
        where T : struct, IFormattable
    {
        T?[] numbers = new T?[count];
        if (field.IsNullable)
        {
            await group.ReadAsync(field, numbers.AsMemory());
        }
        else
        {
            T[] all = new T[count];
            await group.ReadAsync<T>(field, all.AsMemory());
            numbers = [.. all];
        }
        return [.. numbers.Select(static number => number?.ToString(null, CultureInfo.InvariantCulture))];
    }
}
