namespace DreamerActors.Domain.Brains;

/// <summary>The ways in which a reply can be read as a Python module. Which of them is Python is for Python's own parser to say.</summary>
public static class PythonAnswer
{
    private static readonly string[] PythonLabels = ["python", "py", "python3", "py3", "python2", "pycon", "ipython", "py-3"];
    private static readonly string[] CodeStarts = ["def ", "async def ", "class ", "import ", "from ", "@", "\"\"\"", "'''", "#"];

    /// <summary>Readings, best first; a reading is the blocks that make up the module, in order. None when the reply holds nothing that could be code.</summary>
    /// <param name="reply">The model's whole reply.</param>
    /// <param name="isTruncated">Whether it was cut off: then only closed blocks count.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Readings(string reply, bool isTruncated)
    {
        var text = ReplyText.WithoutThinking(reply);
        var fences = Fences.Read(text).Where(fence => fence.IsClosed || !isTruncated).ToList();
        var readings = new List<IReadOnlyList<string>>();
        void Add(IEnumerable<string> blocks)
        {
            var whole = blocks.Where(block => !string.IsNullOrWhiteSpace(block)).ToList();
            if (whole.Count > 0)
                readings.Add(whole);
        }

        Add(fences.Where(fence => PythonLabels.Contains(fence.Label)).Select(fence => fence.Body));
        if (Fences.Widest(text) is { } widest && (widest.Label.Length == 0 || PythonLabels.Contains(widest.Label)) && (widest.IsClosed || !isTruncated))
            Add([widest.Body]);
        Add(fences.Where(fence => fence.Label.Length == 0).Select(fence => fence.Body));
        if (Fences.Read(text).Count == 0 && !isTruncated)
        {
            Add([text]);
            Add([FromFirstCode(text)]);
        }

        return readings;
    }

    private static string FromFirstCode(string text)
    {
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => CodeStarts.Any(start => line.StartsWith(start, StringComparison.Ordinal)));
        return first < 0 ? "" : string.Join('\n', lines[first..]);
    }
}
