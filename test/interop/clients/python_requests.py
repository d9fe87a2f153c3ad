import json, os, requests

headers = {"Authorization": "Bearer " + os.environ["GITHUB_TOKEN"]}
answer = requests.get("https://api.github.com/user", headers=headers)
print(json.dumps([f"{answer.status_code} {answer.text}"]))
