import json, os, urllib.request

request = urllib.request.Request("https://api.github.com/user", headers={"Authorization": "Bearer " + os.environ["GITHUB_TOKEN"]})
with urllib.request.urlopen(request) as answer:
    print(json.dumps([f"{answer.status} {answer.read().decode()}"]))
